"""Files of codes with anything in them: they are read or refused, never an error, and none takes long.

STAMPWELL_FILE_CASES=200000 bin/test tests/redeem_codes/test_fuzzing.py
"""

import io
import os
import random
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings

from stampwell.clock import new_id, now
from stampwell.languages.typed import plain_code
from stampwell.redeem_codes.cells import Judge, survey
from stampwell.redeem_codes.checking import codes_of
from stampwell.redeem_codes.fault_words import FAULT_WORDS
from stampwell.redeem_codes.formats import FORMATS, barcode_text, code_in_barcode, draw_code
from stampwell.redeem_codes.headings import find_column
from stampwell.redeem_codes.pools import shown_in
from stampwell.redeem_codes.refusals import CodeColumnUnclear
from stampwell.redeem_codes.rows import BatchRow, PoolRow
from stampwell.refusal import Refusal
from stampwell.sheets import unpacking
from stampwell.sheets.csv_rows import SEPARATORS, Broken
from stampwell.sheets.encodings import ENCODINGS
from stampwell.sheets.receiving import read_preview, read_taken, taken_sheet
from stampwell.sheets.refusals import SheetUnreadable
from stampwell.sheets.workbook import convert
from tests.imports.working import book_of
from tests.processor import Longest

CASES = int(os.environ.get("STAMPWELL_FILE_CASES", "300"))
LONGEST = 1.0  # seconds of the processor, for one file
MOST_ROWS = 1000
IN_ITS_PROGRAM = 100  # of so many Excel files one is read by a program of its own, which takes 75 ms to start
SHOP = new_id()
PIECES = (
    *("KA7F-2PLM", "4006381333931", "1,23457E+12", "4006381333931.0", "007", "=1+2", "'=1", "K|A", "a;b", "x" * 200),
    *(
        ",",
        ";",
        "\t",
        '"',
        '""',
        "\n",
        "\r",
        "\r\n",
        "\0",
        "\ufeff",
        "\u200b",
        "\ufffd",
        "\u00a0",
        "\u2028",
        "😀",
        "é",
        "ﷺ",
    ),
    *("Code", "kods", "クーポンコード", "Код", "Price", " ", "٤", "²", "①", "\x1c", "\x85", "1" * 400, "\\", "'"),
)
CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "cp1251", "cp1257", "latin-1")
TEMPLATES = ("{code}", "https://lume.example/discount/{code}", "043{code}", "")


def content_of(chance: random.Random) -> bytes:
    """A few kilobytes: pieces of files, in some encoding, then bytes that were changed, cut off or put in."""
    text = "".join(chance.choice(PIECES) for _piece in range(chance.randrange(80)))
    if chance.random() < 0.1:
        raw = book_of(["Code"], [text[:100].encode("ascii", "ignore").decode().replace("\0", "") or "x"])
        raw = raw if chance.random() < 0.5 else raw[: chance.randrange(len(raw))]
    else:
        raw = text.encode(chance.choice(CODECS), errors="replace")
    changed = bytearray(raw)
    for _byte in range(chance.choice((0, 0, 1, 5, 40))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def pool_with(chance: random.Random) -> PoolRow:
    return PoolRow(
        id=new_id(),
        name="",
        format=chance.choice(list(FORMATS)),
        barcode_template=chance.choice(TEMPLATES),
        handed_out="reveal",
        low_at=0,
        fallback_code="",
        created=now(),
        archived=None,
    )


def look_through(content: bytes, chance: random.Random) -> list[str]:
    """As a file is taken in and checked, without the database; the codes that would be added."""
    pool = pool_with(chance)
    try:
        with taken_sheet(
            SHOP, io.BytesIO(content), locale="ja", time_zone="Asia/Tokyo", is_kept=lambda _id: False
        ) as taken:
            received = read_taken(taken)
            encoding = chance.choice([received.encoding, *ENCODINGS])
            separator = chance.choice([received.separator, *SEPARATORS])
            read_preview(taken.file, encoding=encoding, separator=separator)
            place = _place(received.headings)
            batch = _batch(received.encoding, received.separator, place)
            judge = Judge(pool, survey(_codes(taken.file, batch)))
            faults = [(code, judge.fault_of(code)) for code in _codes(taken.file, batch)]
    except Refusal:
        return []
    assert {fault for _code, fault in faults if fault} <= set(FAULT_WORDS)
    for code, _fault in faults:
        _look_for_it(chance.choice(TEMPLATES), code)
    good = [code for code, fault in faults if fault is None]
    if good and pool.format != "text":
        draw_code(shown_in(pool, good[0]), pool.format)
    return good


def _look_for_it(template: str, code: str) -> None:
    """As where staff hold out a code that is for the till, in a barcode that holds more than it."""
    plain_code(code)
    code_in_barcode(template, code)
    if "{code}" in template and "\0" not in code:
        assert code_in_barcode(template, barcode_text(template, code)) == code


def _place(headings: list[str]) -> int:
    try:
        return find_column(headings).place
    except CodeColumnUnclear:
        return 0


def _codes(file: Path, batch: BatchRow) -> list[str]:
    codes: list[str] = []
    with suppress(Broken):
        codes.extend(code for _row, code in codes_of(file, batch, last=MOST_ROWS))
    return codes


def _batch(encoding: str, separator: str, place: int) -> BatchRow:
    return BatchRow(
        id=new_id(),
        pool_id=new_id(),
        kind="file",
        name="",
        encoding=encoding,
        separator=separator,
        place=place,
        has_heading=True,
        created=now(),
        source="owner",
        staff_member_id=None,
        api_key_id=None,
    )


def test_any_file_is_read_or_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    books, run = count(), unpacking._run

    def read_book(book: Path, out: Path) -> None:
        """Nearly all of them here, by what the program would do, so that its time is counted too."""
        if next(books) % IN_ITS_PROGRAM == 0:
            run(book, out)
            return
        try:
            ended = convert(str(book), str(out))
        except KeyboardInterrupt:
            raise
        except BaseException:  # the library's panics are no Exception
            raise SheetUnreadable from None
        if ended:
            raise SheetUnreadable

    monkeypatch.setattr(unpacking, "_run", read_book)
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _file: None)  # none of these files has to survive
    good, longest = 0, Longest()
    for number in range(CASES):
        chance = random.Random(number)
        content = content_of(chance)
        try:
            with longest.timed():
                codes = look_through(content, chance)
        except Exception as error:
            raise AssertionError(f"case {number}: {content!r}") from error
        good += len(codes)
        assert not any(sign in code for code in codes for sign in ",;|\n\r"), f"case {number}"

    print(f"{CASES} files, {good} codes: {longest}")
    assert good > CASES / 20, "files that nobody can read prove little"
    assert longest.seconds < LONGEST
