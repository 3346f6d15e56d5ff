"""Taking a file in: what it is, says its content, never its name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.languages.texts import clean_text
from stampwell.sheets.csv_rows import FIRST_ROWS, Broken, find_separator, opened_rows
from stampwell.sheets.encodings import find_encoding
from stampwell.sheets.files import digest_of, file_of, make_folder_for
from stampwell.sheets.limits import LARGEST, MOST_COLUMNS, too_large
from stampwell.sheets.refusals import SheetUnreadable
from stampwell.sheets.unpacking import LARGEST as LARGEST_WORKBOOK
from stampwell.sheets.unpacking import unpack_workbook
from stampwell.whole_files import written_whole

LONGEST_NAME = 100
LONGEST_SHOWN = 60  # letters of a cell
_ZIP = b"PK\x03\x04"
_BEGINNING = 200_000  # bytes in which the separator is looked for
_PIECE = 1 << 20


class Preview(msgspec.Struct, frozen=True):
    """Cells are cut short; each row has as many as there are headings."""

    headings: list[str]
    rows: list[list[str]]


class Content(Protocol):
    """What is read on by pieces: the body of a request, an uploaded file."""

    def read(self, size: int, /) -> bytes: ...


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it lies in the data folder, as CSV. `sheet_id` is for the row that is to keep it."""

    sheet_id: UUID
    at: datetime
    digest: bytes
    size: int
    encoding: str
    separator: str
    headings: list[str]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What came, as it lies in the data folder; `digest` is that of these bytes. An Excel file is not unpacked yet."""

    sheet_id: UUID
    at: datetime
    digest: bytes
    beginning: bytes
    file: Path
    book: Path | None
    locale: str
    time_zone: str


@contextmanager
def taken_sheet(
    merchant_id: UUID, content: Content, *, locale: str, time_zone: str, is_kept: Callable[[UUID], bool]
) -> Iterator[Taken]:
    """It stays in the data folder if `is_kept` says behind the block that a row keeps it, and else goes.

    `locale` and `time_zone` are the shop's. Refuses: SheetTooLarge.
    """
    sheet_id, at = new_id(), now()
    file = file_of(merchant_id, sheet_id)
    book = file.with_name(f".{file.name}.xlsx")
    make_folder_for(file)
    stays = False
    try:
        beginning = content.read(_BEGINNING)
        is_book = beginning.startswith(_ZIP)
        came, most = (book, LARGEST_WORKBOOK) if is_book else (file, LARGEST)
        with written_whole(came) as stream:
            for piece in _pieces(beginning, content, most=most):
                stream.write(piece)
        yield Taken(
            sheet_id=sheet_id,
            at=at,
            digest=digest_of(came),
            beginning=beginning,
            file=file,
            book=book if is_book else None,
            locale=locale,
            time_zone=time_zone,
        )
        stays = is_kept(sheet_id)
    finally:
        book.unlink(missing_ok=True)
        if not stays:
            file.unlink(missing_ok=True)


def read_taken(taken: Taken) -> Received:
    """As CSV, whatever came. Refuses: SheetUnreadable, SheetTooLarge."""
    if taken.book:
        unpack_workbook(taken.book, taken.file)
        encoding, separator, digest = "utf-8-sig", ",", digest_of(taken.file)
    else:
        encoding = find_encoding(taken.file, locale=taken.locale, time_zone=taken.time_zone)
        digest = taken.digest
        if not encoding:
            raise SheetUnreadable
        separator = find_separator(taken.beginning.decode(encoding, errors="replace"))
    return Received(
        sheet_id=taken.sheet_id,
        at=taken.at,
        digest=digest,
        size=taken.file.stat().st_size,
        encoding=encoding,
        separator=separator,
        headings=_headings(taken.file, encoding, separator),
    )


def read_preview(file: Path, *, encoding: str, separator: str) -> Preview:
    """The first rows. What cannot be read is left out: the check says where that is."""
    found: list[list[str]] = []
    try:
        with opened_rows(file, encoding=encoding, separator=separator) as rows:
            for _number, cells in islice(rows, FIRST_ROWS):
                found.append([_cut(cell) for cell in cells[: MOST_COLUMNS + 1]])
    except Broken:
        pass
    headings, *below = found or [[]]
    width = len(headings)
    return Preview(headings, [(cells + [""] * width)[:width] for cells in below if any(cells)])


def kept_name(name: str) -> str:
    """What the file is called, as it is kept: the end of a long name says more."""
    return clean_text(name[:1000])[-LONGEST_NAME:] or "CSV"


def _pieces(beginning: bytes, content: Content, *, most: int) -> Iterator[bytes]:
    """Refuses: SheetTooLarge."""
    piece, size = beginning, 0
    while piece:
        size += len(piece)
        if size > most:
            raise too_large("size", most)
        yield piece
        piece = content.read(_PIECE)


def _headings(file: Path, encoding: str, separator: str) -> list[str]:
    """Refuses: SheetUnreadable, SheetTooLarge."""
    preview = read_preview(file, encoding=encoding, separator=separator)
    if not any(preview.headings) or not preview.rows:
        raise SheetUnreadable
    if len(preview.headings) > MOST_COLUMNS:
        raise too_large("columns")
    return preview.headings


def _cut(cell: str) -> str:
    return clean_text(cell[: 2 * LONGEST_SHOWN])[:LONGEST_SHOWN]
