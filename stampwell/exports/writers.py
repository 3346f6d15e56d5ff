"""The forms of a file: CSV, XLSX and JSON; cards on paper are in `card_paper`.

Moments are by the shop's clock in the first two, and in UTC in JSON.

A name such as `=HYPERLINK(…)` must stay a name. XLSX says of each cell that it is text. In CSV a spreadsheet would
guess, so whatever looks like the beginning of a formula gets an apostrophe in front: of the text, and also behind a
semicolon, a tab or a new line, for a spreadsheet of most of Europe begins a cell there, and our quotes are for commas.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec
import xlsxwriter
from django.utils.translation import gettext_lazy as _

from stampwell.exports.card_paper import CardWriter, ManyCardsWriter
from stampwell.exports.rows import Wanted
from stampwell.exports.sheets import Cell, Column, Row, Sheet
from stampwell.refusal import Kind, Refusal

MOST_ROWS = 1_048_575  # that a sheet of XLSX has below its headings
LONGEST_CELL = 32_767  # letters
WIDEST = 40  # columns of letters
# The wide forms are the same to a Japanese spreadsheet.
_SIGNS = "-=+@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf'^(?=[{_SIGNS}\t\r\n])|(?<=[;\t\r\n])(?=[ "]*[{_SIGNS}])')


class TooManyRowsForExcel(Refusal):
    """XLSX holds no more rows. Facts: most."""

    code = "too_many_rows_for_excel"
    kind = Kind.INVALID
    title = _("Too many rows for an Excel file")
    staff_text = _("An Excel file holds at most %(most)s rows.")
    customer_text = _("An Excel file holds at most %(most)s rows.")
    what_to_do = _("Choose CSV instead.")


class Writer(Protocol):
    def add(self, rows: Iterable[Row]) -> None: ...

    def finish(self) -> None:
        """Writes what comes behind the last row. The stream stays open."""

    def let_go(self) -> None:
        """Called at the end, also of a file that is not finished."""


@contextmanager
def writer_for(
    format: Wanted | Literal["zip"], stream: BinaryIO, sheet: Sheet, *, zone: ZoneInfo, beside: str
) -> Iterator[Writer]:
    """`beside` is a folder for what is put together first."""
    writer: Writer
    columns = sheet.columns
    match format:
        case "csv":
            writer = CsvWriter(stream, columns, zone)
        case "xlsx":
            writer = XlsxWriter(stream, columns, zone, beside)
        case "json":
            writer = JsonWriter(stream, columns)
        case "pdf":
            assert sheet.paper, "only what can be printed is asked for on paper"
            writer = CardWriter(stream, columns, sheet.paper)
        case "zip":
            assert sheet.paper, "only what can be printed is asked for on paper"
            writer = ManyCardsWriter(stream, columns, sheet.paper, zone)
    try:
        yield writer
    finally:
        writer.let_go()


class CsvWriter:
    """UTF-8 with its mark, without which Excel reads other letters."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column], zone: ZoneInfo) -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        self._csv, self._zone = csv.writer(self._text), zone
        self._shown = [place for place, column in enumerate(columns) if column.heading]
        self._csv.writerow([guarded(columns[place].heading) for place in self._shown])

    def add(self, rows: Iterable[Row]) -> None:
        self._csv.writerows([self._as_text(row[place]) for place in self._shown] for row in rows)

    def finish(self) -> None:
        self._text.flush()

    def let_go(self) -> None:
        self._text.detach()

    def _as_text(self, cell: Cell) -> str:
        match cell:
            case None:
                return ""
            case str():
                return guarded(cell)
            case datetime():
                return f"{by_the_clock(cell, self._zone):%Y-%m-%d %H:%M:%S}"
        return str(cell)


class XlsxWriter:
    """Row by row into a file beside; what a cell is, is said, never guessed."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column], zone: ZoneInfo, beside: str) -> None:
        as_given = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(stream, {"constant_memory": True, "tmpdir": beside, **as_given})
        self._sheet, self._zone, self._row = self._book.add_worksheet(), zone, 0
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._shown = [place for place, column in enumerate(columns) if column.heading]
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        for at, place in enumerate(self._shown):
            heading = columns[place].heading
            self._sheet.set_column(at, at, min(WIDEST, max(20, len(heading) + 2)))
            self._sheet.write_string(0, at, heading, bold)

    def add(self, rows: Iterable[Row]) -> None:
        """Refuses: TooManyRowsForExcel."""
        for row in rows:
            self._row += 1
            if self._row > MOST_ROWS:
                raise TooManyRowsForExcel(most=MOST_ROWS)
            for at, place in enumerate(self._shown):
                self._write(at, row[place])

    def finish(self) -> None:
        self._book.close()

    def let_go(self) -> None:
        """The library closes its own file of rows only when all is finished."""
        self._sheet.row_data_fh.close()

    def _write(self, at: int, cell: Cell) -> None:
        match cell:
            case str() if cell:
                self._sheet.write_string(self._row, at, cell[:LONGEST_CELL])
            case int() | Decimal():
                self._sheet.write_number(self._row, at, cell)
            case datetime():
                self._sheet.write_datetime(self._row, at, by_the_clock(cell, self._zone), self._moment)
            case date():
                self._sheet.write_datetime(self._row, at, cell, self._day)


class JsonWriter:
    """A list of objects, each on a line of its own."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column]) -> None:
        self._stream, self._keys, self._between = stream, [column.key for column in columns], b"\n"
        stream.write(b"[")

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            item = dict(zip(self._keys, row, strict=True))
            self._stream.write(self._between + msgspec.json.encode(item))
            self._between = b",\n"

    def finish(self) -> None:
        self._stream.write(b"\n]\n")

    def let_go(self) -> None:
        pass


def guarded(text: str) -> str:
    return _FORMULA.sub("'", text)


def by_the_clock(at: datetime, zone: ZoneInfo) -> datetime:
    """As spreadsheets keep moments: without a zone, and without what nobody reads."""
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0)
