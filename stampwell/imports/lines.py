"""One row of a file: what it says, and what is wrong with it. The rules are those of every other door."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

import msgspec

from stampwell.customers.contact import Unfit, read_birthday, read_email, read_name, read_phone
from stampwell.languages.offered import OWN_NAMES, match_tag
from stampwell.languages.texts import clean_text
from stampwell.languages.typed import plain
from stampwell.sheets.csv_rows import unguarded
from stampwell.sheets.headings import LEFT_OUT

Fault = Literal[
    "cells",  # more of them than there are headings
    "line_break",  # inside of a cell: a quotation mark is missing somewhere
    "letters",  # that the file's encoding does not have
    "name",
    "email",
    "phone",
    "birthday",
    "language",
    "stamps",
    "too_many_stamps",
    "number",
    "twice",  # the same customer, or the same number, in a row above
    "there",  # in the shop already, with a card of this program
]
LONGEST_NUMBER = 200
_UNREADABLE = "\ufffd"
_WHOLE = re.compile(r"(\d{1,9})(?:[.,]0+)?")
_YEAR_FIRST = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?")
_YEAR_LAST = re.compile(r"(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4})\.?")
_TIME = re.compile(r"[ T]\d\d:\d\d(?::\d\d)?$")  # as many systems write the day of a birth
_NUMBER_WITH_POINT = re.compile(r"\d+\.0")  # what a spreadsheet makes of a telephone
_ENGLISH = {"english": "en", "latvian": "lv", "estonian": "et", "uzbek": "uz", "kazakh": "kk", "japanese": "ja"}
_LANGUAGES = _ENGLISH | {name.lower(): code for code, name in OWN_NAMES.items()}


# gc=False: thousands are made at once, and none can hold itself.
class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`locale` is "" where the row says none."""

    row: int
    name: str = ""
    email: str = ""
    phone: str = ""
    birthday: date | None = None
    locale: str = ""
    stamps: int = 0
    external_id: str | None = None


class Wrong(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class LineReader:
    """`goal` is how many stamps fill a card; `today` is the shop's."""

    def __init__(self, columns: Sequence[str], *, goal: int, today: date) -> None:
        self._width, self._goal, self._today = len(columns), goal, today
        self._places = [(place, field) for place, field in enumerate(columns) if field != LEFT_OUT]

    def read(self, row: int, cells: Sequence[str]) -> Line | None:
        """None where nothing is said. Raises Wrong."""
        said = self._said(cells)
        if not any(said.values()):
            return None
        return Line(
            row=row,
            name=_fit("name", read_name, said.get("name", "")),
            email=_fit("email", read_email, said.get("email", "")),
            phone=_fit("phone", _read_number_of_phone, said.get("phone", "")),
            birthday=self._read_birthday(said.get("birthday", "")),
            locale=_read_locale(said.get("locale", "")),
            stamps=self._read_stamps(said.get("stamps", "")),
            external_id=_read_number(said.get("external_id", "")),
        )

    def _said(self, cells: Sequence[str]) -> dict[str, str]:
        if any(cell.strip() for cell in cells[self._width :]):
            raise Wrong("cells")
        said: dict[str, str] = {}
        for place, field in self._places:
            cell = unguarded(cells[place].strip()) if place < len(cells) else ""
            if "\n" in cell or "\r" in cell:
                raise Wrong("line_break")
            if _UNREADABLE in cell:
                raise Wrong("letters")
            said[field] = f"{said[field]} {cell}" if said.get(field) else cell
        return said

    def _read_stamps(self, cell: str) -> int:
        found = _WHOLE.fullmatch(plain(cell) or "0")
        if found is None:
            raise Wrong("stamps")
        count = int(found[1])
        if count >= self._goal:
            raise Wrong("too_many_stamps")
        return count

    def _read_birthday(self, cell: str) -> date | None:
        try:
            return read_birthday(_read_day(_TIME.sub("", plain(cell))), today=self._today)
        except ValueError:
            raise Wrong("birthday") from None


def _fit(fault: Literal["name", "email", "phone"], read: Callable[[str], str], cell: str) -> str:
    try:
        return read(cell)
    except Unfit:
        raise Wrong(fault) from None


def _read_number_of_phone(cell: str) -> str:
    """A spreadsheet makes 37120001234.0 of a telephone. Raises Unfit."""
    return read_phone(cell.removesuffix(".0") if _NUMBER_WITH_POINT.fullmatch(cell) else cell)


def _read_day(text: str) -> date | None:
    """Raises ValueError, also where nobody can tell the day from the month: 3/4/1990."""
    if not text:
        return None
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if (found := _YEAR_LAST.fullmatch(text)) is None:
        raise ValueError(text)
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if found[2] == "." or first == second or first > 12:
        return date(year, second, first)
    if second > 12:
        return date(year, first, second)
    raise ValueError(text)


def _read_locale(cell: str) -> str:
    text = plain(cell).lower()
    if not text:
        return ""
    known = _LANGUAGES.get(text) or _LANGUAGES.get(cell.strip().lower()) or match_tag(text.replace("_", "-"))
    if known is None:
        raise Wrong("language")
    return known


def _read_number(cell: str) -> str | None:
    number = clean_text(cell[: 10 * LONGEST_NUMBER])
    if len(number) > LONGEST_NUMBER:
        raise Wrong("number")
    return number or None
