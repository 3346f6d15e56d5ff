"""One cell of a file: the code that it holds, or what is wrong with it. Nothing is repaired silently: a code that a
spreadsheet has damaged would be handed out, and no till would take it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from stampwell.redeem_codes.formats import (
    FORMATS,
    LONGEST_CODE,
    CodeDoesNotFit,
    CodeHasOddLength,
    CodeHasOtherCharacters,
    CodeHasOtherLength,
    CodeHasWrongCheckDigit,
    CodeIsEmpty,
    CodeIsTooLong,
    CodeIsTooShort,
    barcode_text,
    find_check_digit,
    why_code_does_not_fit,
)
from stampwell.redeem_codes.rows import PoolRow
from stampwell.sheets.csv_rows import unguarded

Fault = Literal[
    "blank",
    "line_break",  # inside of a cell: a quotation mark is missing somewhere
    "letters",  # that the file's encoding does not have
    "number",  # a spreadsheet has taken the code for a number: 1,23457E+12, or 4006381333931.0
    "zeros",  # it has taken the zeros in front away
    "rounded",  # it has rounded a number of more than fifteen digits
    "characters",  # that the barcode cannot hold
    "separator",  # a till's report puts it between two codes, and would be read as two others
    "length",
    "too_long",
    "check_digit",
    "twice",  # in a row above
    "there",  # in this list or another one of the shop
]
BETWEEN_CODES = ",;|"  # in a till's report, where a receipt has several
_UNREADABLE = "\ufffd"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?[Ee]\+\d+|\d+[.,]0+")
_SEPARATOR = re.compile(f"[{BETWEEN_CODES}]")
_LOST = 0.8  # of codes whose zeros were lost, so many still have all of their digits, and more would be no accident
_LEAST = 4  # numbers that are counted up from 1 have fewer digits, and have lost none
_EXACT = 15  # digits that a spreadsheet keeps of a number
_FAULTS: dict[type[CodeDoesNotFit], Fault] = {
    CodeIsEmpty: "blank",
    CodeHasOtherCharacters: "characters",
    CodeHasOtherLength: "length",
    CodeIsTooShort: "length",
    CodeHasOddLength: "length",
    CodeIsTooLong: "too_long",
    CodeHasWrongCheckDigit: "check_digit",
}
_EDGES = " \t\u00a0\u3000\ufeff\u200b"


class Survey(msgspec.Struct, frozen=True):
    """What all codes of a file have in common. `usual_digits` is how many digits nearly all have, where all are numbers
    that a spreadsheet could have shortened; else 0. `is_rounded` says that all long numbers end in zeros.
    """

    usual_digits: int = 0
    is_rounded: bool = False


def survey(codes: Iterable[str]) -> Survey:
    lengths, long, rounded, others = Counter[int](), 0, 0, 0
    for code in codes:
        if not code:
            continue
        if not (code.isascii() and code.isdecimal()):
            others += 1
            continue
        lengths[len(code)] += 1
        if len(code) > _EXACT:
            long += 1
            rounded += not code[_EXACT:].strip("0")
    most = max(lengths, default=0)
    is_usual = not others and min(lengths, default=0) >= _LEAST and lengths[most] >= _LOST * lengths.total()
    return Survey(usual_digits=most if is_usual else 0, is_rounded=long > 1 and rounded == long)


def code_in(cells: Sequence[str], place: int) -> str:
    """As it stands there, without blanks at its edges; "" where there is none."""
    return unguarded(cells[place].strip(_EDGES)) if place < len(cells) else ""


class Judge:
    """Which codes the till of this pool could take."""

    def __init__(self, pool: PoolRow, in_common: Survey) -> None:
        self._pool, self._in_common = pool, in_common
        self._form = FORMATS[pool.format]
        self._is_plain = pool.format == "text" or pool.barcode_template in ("", "{code}")

    def fault_of(self, code: str) -> Fault | None:
        if not code:
            return "blank"
        if "\n" in code or "\r" in code:
            return "line_break"
        if _UNREADABLE in code:
            return "letters"
        if len(code) > LONGEST_CODE:
            return "too_long"
        if _NUMBER.fullmatch(code):
            return "number"
        return self._damage(code) or self._misfit(code) or ("separator" if _SEPARATOR.search(code) else None)

    def _damage(self, code: str) -> Fault | None:
        if not (code.isascii() and code.isdecimal()):
            return None
        if self._in_common.is_rounded and len(code) > _EXACT:
            return "rounded"
        if needed := self._form.exactly:
            is_short = len(code) < needed and code[-1] == find_check_digit(code[:-1].zfill(needed - 1))
        else:
            is_short = len(code) < self._in_common.usual_digits
        return "zeros" if is_short else None

    def _misfit(self, code: str) -> Fault | None:
        shown = code if self._is_plain else barcode_text(self._pool.barcode_template, code)
        refusal = why_code_does_not_fit(shown, self._pool.format)
        return _FAULTS[type(refusal)] if refusal else None
