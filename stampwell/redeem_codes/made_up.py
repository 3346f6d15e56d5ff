"""A code that looks like those that the till knows and is none of them: for trying how codes are shown and read."""

from collections.abc import Collection
from uuid import UUID

from stampwell.redeem_codes.formats import FORMATS, barcode_text, find_check_digit, why_code_does_not_fit
from stampwell.redeem_codes.pools import shown_in
from stampwell.redeem_codes.rows import PoolRow, next_codes
from stampwell.transactions import Statements

_LETTERS, _USUAL, _FIRST = "TEST", "TEST-0000", UUID(int=0)
_NUMBER = "000000000000000"
_THERE = "SELECT 1 FROM pool_code WHERE merchant_id = %s AND code = %s"


def made_up_code(tx: Statements, pool: PoolRow) -> str | None:
    """Of the length and the kind of its first code; None where no such code can be shown as the pool says."""
    first = next((one.code for one in next_codes(tx, pool.id, _FIRST, most=1)), "")
    for digit in "0123456789":
        for like in (first, _USUAL, _NUMBER):
            code = _like(like, digit, FORMATS[pool.format].exactly)
            if why_code_does_not_fit(shown_in(pool, code), pool.format) is None and not tx.exists(
                _THERE, (tx.merchant_id, code)
            ):
                return code
    return None


def made_up_in_place_of(code: str, code_format: str, barcode_template: str, known: Collection[str]) -> str | None:
    """Of the length and the kind of this one, which all customers are shown, and none of those that are `known`; None
    where there is no other such code.
    """
    for digit in "0123456789":
        made = _like(code, digit, FORMATS[code_format].exactly)
        held = barcode_text(barcode_template, made)
        if made not in {code, *known} and why_code_does_not_fit(held, code_format) is None:
            return made
    return None


def _like(code: str, digit: str, exactly: int) -> str:
    """With a check digit where the format has one."""
    letters = (_LETTERS if letter.isupper() else _LETTERS.lower() for letter in code)
    made = "".join(
        digit if letter.isdigit() else word[place % len(word)] if letter.isalpha() else letter
        for place, (letter, word) in enumerate(zip(code, letters, strict=True))
    )
    if not exactly:
        return made
    body = made[: exactly - 1]
    return body + find_check_digit(body) if body.isdecimal() else made
