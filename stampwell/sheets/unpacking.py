"""An Excel file becomes CSV: looked at first, and read by a program of its own (`workbook`)."""

import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

from stampwell.sheets.limits import Limit, too_large
from stampwell.sheets.refusals import SheetUnreadable
from stampwell.sheets.workbook import MOST_SECONDS, TOO_LONG, TOO_MUCH, TOO_WIDE

LARGEST = 32 << 20  # bytes of the file
MOST_UNPACKED = 256 << 20  # bytes that it says it holds: a million rows of four columns, 250,000 of our own export
MOST_PARTS = 1000
PATIENCE = 2.0 * MOST_SECONDS  # the program's own limit is one of work, not of waiting
_MET: dict[int, Limit] = {TOO_WIDE: "columns", TOO_LONG: "rows", TOO_MUCH: "work"}
_BOOK, _TYPES = "xl/workbook.xml", "[Content_Types].xml"


def unpack_workbook(book: Path, out: Path) -> None:
    """Writes `out`, and takes the book away. Refuses: SheetUnreadable, SheetTooLarge."""
    try:
        look_inside(book)
        _run(book, out)
    finally:
        book.unlink(missing_ok=True)


def look_inside(book: Path) -> None:
    """Refuses what is no workbook, and what would not fit into memory."""
    try:
        with zipfile.ZipFile(book) as parts:
            found = parts.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise SheetUnreadable from None
    if not {_BOOK, _TYPES} <= {part.filename for part in found}:
        raise SheetUnreadable
    if len(found) > MOST_PARTS:
        raise too_large("work")
    if sum(part.file_size for part in found) > MOST_UNPACKED:
        raise too_large("unpacked", MOST_UNPACKED)


def _run(book: Path, out: Path) -> None:
    command = [sys.executable, "-m", "stampwell.sheets.workbook", str(book), str(out)]
    out.touch(mode=0o600)
    try:
        ended = subprocess.run(  # noqa: S603 - our own program
            command, timeout=PATIENCE, stdin=subprocess.DEVNULL, capture_output=True, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        ended = -1
    if ended:
        with suppress(FileNotFoundError):
            out.unlink()
        # A program that was ended by its limits came to a lot of data; one that has failed could not read the file.
        met = _MET.get(ended, "work" if ended < 0 else None)
        raise too_large(met) if met else SheetUnreadable()
