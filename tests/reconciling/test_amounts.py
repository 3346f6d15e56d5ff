"""Amounts as tills write them."""

from typing import Any

import pytest

from stampwell.reconciling.amounts import DecimalSign, find_decimal_sign, how_sure, read_amount
from stampwell.reconciling.till_lines import LineReader, Manner
from stampwell.reconciling.till_reports import recognise
from stampwell.reconciling.till_times import Unreadable
from tests.reconciling.reports import read_sample


@pytest.mark.parametrize(
    ("text", "decimal", "digits", "minor"),
    [
        ("$8.00", ".", 2, 800),
        ("($8.00)", ".", 2, -800),
        ("-5.00", ".", 2, -500),
        ("−5,00", ",", 2, -500),
        ("5.00-", ".", 2, -500),
        ("1 234,56 €", ",", 2, 123_456),
        ("1\u202f234,56", ",", 2, 123_456),
        ("1.234,56", ",", 2, 123_456),
        ("1,234.56", ".", 2, 123_456),
        ("￥1,200", ".", 0, 1_200),
        ("700円", ".", 0, 700),
        ("950,00", ",", 2, 95_000),
        ("2.500", ".", 3, 2_500),
        (".50", ".", 2, 50),
        ("kr. 45.50", ".", 2, 4_550),
        ("45,- Kč", ",", 2, 4_500),
        ("", ".", 2, 0),
        ("–", ".", 2, 0),
    ],
)
def test_an_amount_is_read_as_tills_write_it(text: str, decimal: DecimalSign, digits: int, minor: int) -> None:
    assert read_amount(text, decimal=decimal, digits=digits) == minor


@pytest.mark.parametrize("text", ["1,5", "1.2.3", "12,34.5", "1-2", "9" * 30])
def test_signs_where_nobody_puts_them_are_no_amount(text: str) -> None:
    with pytest.raises(Unreadable):
        read_amount(text, decimal=".", digits=2)


def test_the_whole_file_tells_a_comma_from_a_point() -> None:
    assert find_decimal_sign(["1.234", "5,50", ""], usual=".") == ","
    assert find_decimal_sign(["1,234", "5.50"], usual=",") == "."
    assert find_decimal_sign(["1.234,50"], usual=".") == ","
    assert find_decimal_sign(["1,234"], usual=".") == "."
    assert find_decimal_sign(["7", "x"], usual=",") == ","


@pytest.mark.parametrize(
    ("text", "digits", "sure"),
    [
        ("3.50", 2, "exact"),
        ("3,5 €", 2, "exact"),
        ("1 234,56", 2, "exact"),
        ("350", 2, "likely"),
        ("30 000", 2, "likely"),
        ("1.200.000", 2, "likely"),
        ("3.500", 2, "unsure"),
        ("￥1,200", 0, "exact"),
    ],
)
def test_how_an_amount_is_written_tells_how_sure_it_is(text: str, digits: int, sure: str) -> None:
    assert how_sure(text, digits=digits) == sure


def sureness(row: str, headings: str = "Code,Created at,Discount,Currency,Times used", **more: Any) -> list[str]:
    names = headings.split(",")
    manner = Manner(
        **{
            "columns": recognise(names).columns,
            "date_order": "",
            "decimal": ".",
            "digits": 2,
            "currency": "EUR",
            **more,
        }
    )
    return [line.amount_is for line in LineReader(names, manner, recognise(names).shape).read(2, row.split(","))]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("FREE,2026-11-20 10:00,3.50,,", ["likely"]),
        ("FREE,2026-11-20 10:00,350,EUR,1", ["likely"]),
        ("FREE,2026-11-20 10:00,3.500,,", ["unsure"]),  # thousands, or three digits behind the point
        ("FREE,2026-11-20 10:00,3.50,USD,", ["unsure"]),
        ("FREE,2026-11-20 10:00,3.50,,2", ["unsure"]),
        ("FREE,2026-11-20 10:00,,,", ["unsure"]),
        ("FREE;STAFF20,2026-11-20 10:00,3.50,,", ["unsure", "unsure"]),
    ],
)
def test_a_row_tells_whether_its_amount_is_of_its_code_alone(row: str, said: list[str]) -> None:
    assert sureness(row) == said
    assert sureness(row.replace("FREE", "X"), code_of_all="FREE") in (["unsure"], [])


def test_of_tills_that_add_all_discounts_of_a_sale_together_nothing_is_said() -> None:
    said = {
        name: {line.amount_is for line in read_sample(name, order="dmy")[1]}
        for name in ("square_transactions", "shopify_orders", "airregi_receipts", "erpnext_invoices")
    }
    each = {
        name: {line.amount_is for line in read_sample(name)[1]}
        for name in ("lightspeed_k", "odoo_lines", "iiko_exchange")
    }

    assert set().union(*said.values()) == {"unsure"}
    assert each == {"lightspeed_k": {"exact"}, "odoo_lines": {"exact"}, "iiko_exchange": {"exact"}}
