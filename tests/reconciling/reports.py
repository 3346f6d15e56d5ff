"""The samples of the tills' reports, as they are read."""

import csv
import io
from datetime import date
from pathlib import Path

from stampwell.reconciling.amounts import find_decimal_sign
from stampwell.reconciling.till_lines import LineReader, Manner, TillLine
from stampwell.reconciling.till_reports import DateOrder, Recognised, recognise

LATEST = date(2026, 11, 23)
SAMPLES = Path(__file__).parent / "samples"
ENCODINGS = {"airregi_receipts": "cp932", "iiko_exchange": "cp1251", "iiko_olap": "utf-16", "latvian_till": "cp1257"}


def rows_of(name: str) -> list[list[str]]:
    text = (SAMPLES / f"{name}.csv").read_bytes().decode(ENCODINGS.get(name, "utf-8-sig"))
    separator = max(",;\t", key=text.splitlines()[0].count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def read_sample(
    name: str, *, order: DateOrder = "", digits: int = 2, code_of_all: str = ""
) -> tuple[Recognised, list[TillLine]]:
    headings, *rows = rows_of(name)
    known = recognise(headings)
    amounts = [
        row[place]
        for row in rows
        for place, field in enumerate(known.columns)
        if field == "amount" and place < len(row)
    ]
    manner = Manner(
        columns=known.columns,
        date_order=order,
        decimal=find_decimal_sign(amounts, usual="."),
        digits=digits,
        code_of_all=code_of_all,
    )
    reader = LineReader(headings, manner, known.shape)
    return known, [line for number, row in enumerate(rows, start=2) for line in reader.read(number, row)]
