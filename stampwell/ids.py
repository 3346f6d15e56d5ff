"""Ids as the outside sees them: the kind of thing, an underscore, 26 opaque characters."""

from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {sign: value for value, sign in enumerate(_ALPHABET)}


def public_id(kind: str, value: UUID) -> str:
    number = value.int
    return f"{kind}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def private_id(kind: str, text: str) -> UUID | None:
    """The id behind `text`, or None where it is not an id of this kind: to the caller, an unknown one."""
    prefix, _, signs = text.partition("_")
    if prefix != kind or len(signs) != 26 or not _VALUES.keys() >= set(signs):
        return None
    number = 0
    for sign in signs:
        number = number << 5 | _VALUES[sign]
    return UUID(int=number) if number < 1 << 128 else None
