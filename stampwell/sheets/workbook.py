"""A program of its own that turns the first sheet of an Excel file into CSV: `python -m stampwell.sheets.workbook`.

The library keeps what a sheet says in memory as a whole: 380 to 450 MB where its XML has 240 MB. So whoever starts this
program has added up the sizes that the file tells (`unpacking`), and here memory, time and what is written have an end,
whatever the file says.
"""

import csv
import errno
import resource
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineWorkbook

MOST_MEMORY = 700 << 20  # bytes of addresses; of these the program itself takes a fifth
MOST_SECONDS = 30
MOST_WRITTEN = 128 << 20
MOST_COLUMNS, MOST_ROWS = 100, 1_000_000
TOO_WIDE, TOO_LONG, TOO_MUCH = 3, 4, 5  # how the program ends then

type Cell = int | float | str | bool | time | date | datetime | timedelta


def main(book: str, out: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    try:
        return convert(book, out)
    except MemoryError:
        return TOO_MUCH
    except OSError as error:
        if error.errno == errno.EFBIG:
            return TOO_MUCH
        raise


def convert(book: str, out: str) -> int:
    """How the program ends. What the library cannot read it raises, as whatever it likes."""
    sheet = CalamineWorkbook.from_path(book).get_sheet_by_index(0)
    if sheet.width > MOST_COLUMNS:
        return TOO_WIDE
    if sheet.end and sheet.end[0] > MOST_ROWS:  # the row of the headings is number 0
        return TOO_LONG
    above = [""] * (sheet.start[0] if sheet.start else 0)
    with Path(out).open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([""] for _row in above)  # so that rows have the numbers that the spreadsheet shows
        writer.writerows([as_text(cell) for cell in row] for row in sheet.iter_rows())
    return 0


def as_text(cell: Cell) -> str:
    """As a person would have typed it."""
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
    return str(cell)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
