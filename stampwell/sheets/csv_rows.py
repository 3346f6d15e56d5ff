"""The rows of a CSV file, whatever parts its cells."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

SEPARATORS = (";", ",", "\t")  # a text in quotes may hold any of them; where two fit alike, the first is meant
FIRST_ROWS = 11  # the headings, and ten rows
# Our own files have an apostrophe in front of what a spreadsheet would take for a formula.
_GUARDED = re.compile(r"^'(?=[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20])")
type Rows = Iterator[tuple[int, list[str]]]


def unguarded(cell: str) -> str:
    return _GUARDED.sub("", cell) if cell.startswith("'") else cell


class Broken(Exception):
    """From this row on the file cannot be read: a quotation mark is missing, or one is too many, or it is not in this
    encoding at all.
    """

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row}")
        self.row = row


@contextmanager
def opened_rows(file: Path, *, encoding: str, separator: str) -> Iterator[Rows]:
    """Numbered as spreadsheets do: the headings are row 1. Reading them on raises Broken."""
    with file.open(encoding=encoding, errors="replace", newline="") as stream:
        yield numbered(stream, separator)


def numbered(stream: IO[str], separator: str) -> Rows:
    rows = csv.reader(stream, delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(rows, None)
        except (csv.Error, UnicodeError):  # UTF-16 of which nothing says where it begins is no replaced letter
            raise Broken(number) from None
        if row is None:
            return
        yield number, row


def find_separator(beginning: str) -> str:
    """The one that parts the first rows into the same number of cells, more than one; else that of the headings."""
    best, most = ",", (False, 1)
    for separator in SEPARATORS:
        widths = _widths(beginning, separator)
        found = (len(set(widths)) == 1, widths[0] if widths else 0)
        if found[1] > 1 and found > most:
            best, most = separator, found
    return best


def _widths(beginning: str, separator: str) -> list[int]:
    """Of rows that have anything in them; the last may be cut off."""
    rows = csv.reader(io.StringIO(beginning, newline=""), delimiter=separator)
    try:
        widths = [len(row) for row in islice(rows, FIRST_ROWS + 1) if row]
    except csv.Error:
        return []
    return widths[:FIRST_ROWS] if len(widths) > FIRST_ROWS else widths
