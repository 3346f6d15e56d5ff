"""Whatever stands in a file, reading it ends in uses or in a fault of the row: nothing else, and at once.

STAMPWELL_TEST_REPORTS=200000 bin/test tests/reconciling/test_any_report.py
"""

import os
import random
from typing import Any, get_args

from stampwell.reconciling.amounts import find_decimal_sign
from stampwell.reconciling.fields import FIELDS
from stampwell.reconciling.till_lines import Fault, LineReader, Manner, TillLine, Wrong
from stampwell.reconciling.till_reports import SHAPES, recognise
from stampwell.reconciling.till_times import find_order, needs_order, zone_named
from stampwell.sheets.headings import LEFT_OUT
from tests.processor import Longest
from tests.reconciling.reports import LATEST, rows_of

ROWS = int(os.environ.get("STAMPWELL_TEST_REPORTS", "5000"))
LONGEST = 1.0  # seconds of the processor, for one row or one row of headings
PIECES = [
    *("2026-11-20", "3/4/26", "20.11.2026", "10:15", "12:05 AM", "-0400", "Z", "46326.5", "1e9", "¥", "円", "€"),
    *("(5.00)", "1 234,56", "-", "−", ".", ",", "'", "=1+1", "\n", "\x00", "\ufffd", "Refund", "Cancelled", "Total"),
    *("合計", "FREECOFFEE", "1.23E+12", "044d-f727-4e46", "9" * 40, "Eastern Time (US & Canada)", "Europe/Riga", " "),
    *("\u202f", "\u0661\u0662", "³", "0", "1", "12", "2026", "/", ":", "PM", "+02:00", ";", '"', "\t", "İ", "Ａ"),
]
LONG = "7" * 20_000


def cell(chance: random.Random) -> str:
    text = "".join(chance.choices(PIECES, k=chance.randrange(5)))
    if chance.random() < 0.2:
        text += "".join(chr(chance.randrange(0x20, 0xD7FF)) for _letter in range(chance.randrange(12)))
    return text + LONG if chance.random() < 0.002 else text


def manner(chance: random.Random, columns: list[str]) -> Manner:
    choices: dict[str, Any] = {
        "date_order": chance.choice(["", "dmy", "mdy"]),
        "decimal": chance.choice([".", ","]),
        "digits": chance.choice([0, 2, 3]),
        "code_of_all": chance.choice(["", "FREECOFFEE"]),
    }
    return Manner(columns=columns, **choices)


def read_or_fault(reader: LineReader, row: list[str]) -> tuple[list[TillLine], Wrong | None]:
    try:
        return reader.read(2, row), None
    except Wrong as wrong:
        return [], wrong


def test_any_row_is_read_or_has_a_fault() -> None:
    chance, longest = random.Random(20_261_120), Longest()

    for _row in range(ROWS):
        columns = [chance.choice([LEFT_OUT, *FIELDS]) for _column in range(chance.randrange(1, 9))]
        headings, told = [cell(chance) for _column in columns], manner(chance, columns)
        shape = chance.choice([None, *SHAPES])
        row = [cell(chance) for _cell in range(chance.randrange(10))]
        with longest.timed():
            lines, wrong = read_or_fault(LineReader(headings, told, shape), row)

        assert wrong is None or wrong.fault in get_args(Fault)
        assert wrong is None or len(wrong.raw) <= 100
        assert all(line.key and line.amount >= 0 and 1 <= line.count <= 1_000_000 for line in lines)

    print(f"{ROWS} rows: {longest}")
    assert longest.seconds < LONGEST


def test_any_headings_and_columns_are_looked_at() -> None:
    chance, longest = random.Random(20_261_121), Longest()

    for _file in range(ROWS // 5):
        texts = [cell(chance) for _text in range(chance.randrange(10))]
        with longest.timed():
            assert len(recognise(texts).columns) == len(texts)
            assert find_order(texts, latest=LATEST) in ("", "dmy", "mdy")
            assert find_decimal_sign(texts, usual=",") in (".", ",")
            for text in texts:
                needs_order(text)
                zone_named(text)

    print(f"{ROWS // 5} rows of headings: {longest}")
    assert longest.seconds < LONGEST


def test_a_sample_with_its_columns_in_another_order_says_the_same() -> None:
    headings, *rows = rows_of("square_transactions")

    def read(order: list[int]) -> list[tuple[object, ...]]:
        mine = [headings[place] for place in order]
        known = recognise(mine)
        manner = Manner(columns=known.columns, date_order="", decimal=".", digits=2)
        reader = LineReader(mine, manner, known.shape)
        found = [line for row in rows for line in reader.read(2, [row[place] for place in order])]
        return [(line.key, line.said, line.place, line.amount, line.receipt, line.is_refund) for line in found]

    straight = list(range(len(headings)))
    assert read(straight) == read(straight[::-1]) == read([*straight[7:], *straight[:7]])
