"""Crockford's base 32, which has no I, L, O and U, and the sign of it that checks the others."""

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKED_BY = 37


def check_sign(drawn: str) -> str:
    """The sign of the remainder by 37, and "" for one that is no letter."""
    value = 0
    for sign in drawn:
        value = value * len(LETTERS) + LETTERS.index(sign)
    return LETTERS[value % _CHECKED_BY : value % _CHECKED_BY + 1]
