"""The rows of a report as its file lies in the data folder, and how the file writes what it says."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from itertools import islice
from pathlib import Path

import msgspec

from stampwell.languages.formatting import minor_digits
from stampwell.reconciling.amounts import DecimalSign, find_decimal_sign
from stampwell.reconciling.choice import Choice
from stampwell.reconciling.refusals import ReportTooLong, ReportUnclear
from stampwell.reconciling.till_lines import LineReader, Manner, TillLine, Wrong
from stampwell.reconciling.till_reports import DateOrder, Shape
from stampwell.reconciling.till_times import find_order, needs_order
from stampwell.sheets.csv_rows import Broken, Rows, opened_rows

MOST_ROWS, MOST_USES = 300_000, 600_000
_TRIED = 20_000  # rows that are looked at to tell a comma from a point


class Unread(msgspec.Struct, frozen=True):
    """A row that cannot be read: why, and the cell."""

    row: int
    fault: str
    raw: str


class Report(msgspec.Struct, frozen=True):
    """`rows` are those below the headings."""

    rows: int
    lines: list[TillLine]
    unread: list[Unread]


def read_report(file: Path, choice: Choice, shape: Shape | None, *, currency: str, today: date) -> Report:
    """Refuses: ReportTooLong, ReportUnclear."""
    manner = manner_of(file, choice, shape, currency=currency, today=today)
    lines: list[TillLine] = []
    unread: list[Unread] = []
    number = 1
    try:
        with _opened(file, choice) as rows:
            headings = next(rows)[1]
            reader = LineReader(headings, manner, shape)
            for number, cells in rows:
                if number > MOST_ROWS + 1:
                    raise too_long()
                try:
                    lines += reader.read(number, cells)
                except Wrong as wrong:
                    unread.append(Unread(number, wrong.fault, wrong.raw))
                if len(lines) > MOST_USES:
                    raise too_long()
    except Broken as broken:
        unread.append(Unread(broken.row, "broken", ""))
        number = broken.row
    return Report(number - 1, lines, unread)


def too_long() -> ReportTooLong:
    return ReportTooLong(rows=MOST_ROWS, uses=MOST_USES)


def manner_of(file: Path, choice: Choice, shape: Shape | None, *, currency: str, today: date) -> Manner:
    """Refuses: ReportUnclear, where day and month could change places."""
    return Manner(
        columns=choice.columns,
        date_order=choice.date_order or _order_of(file, choice, shape, today=today),
        decimal=_decimal_of(file, choice),
        digits=minor_digits(currency),
        currency=currency,
        code_of_all=choice.code_of_all,
    )


def date_order_of(file: Path, choice: Choice, shape: Shape | None, *, today: date) -> tuple[DateOrder, bool]:
    """As the file tells it, and whether somebody has to say it."""
    order = choice.date_order or find_order(cells_of(file, choice, ("at", "day")), latest=today)
    order = order or (shape.date_order if shape else "")
    return order, not order and any(needs_order(text) for text in cells_of(file, choice, ("at", "day")))


def _order_of(file: Path, choice: Choice, shape: Shape | None, *, today: date) -> DateOrder:
    order, is_open = date_order_of(file, choice, shape, today=today)
    if is_open:
        raise ReportUnclear
    return order


def _decimal_of(file: Path, choice: Choice) -> DecimalSign:
    usual: DecimalSign = "," if choice.separator == ";" else "."
    return find_decimal_sign(islice(cells_of(file, choice, ("amount",)), _TRIED), usual=usual)


def cells_of(file: Path, choice: Choice, fields: tuple[str, ...]) -> Iterator[str]:
    """What stands in the columns of these fields, as far as the file can be read."""
    places = [place for place, field in enumerate(choice.columns) if field in fields]
    try:
        with _opened(file, choice) as rows:
            for number, cells in rows:
                if number > 1:
                    yield from (cells[place] for place in places if place < len(cells) and cells[place])
    except Broken:
        return


def _opened(file: Path, choice: Choice) -> AbstractContextManager[Rows]:
    return opened_rows(file, encoding=choice.encoding, separator=choice.separator)
