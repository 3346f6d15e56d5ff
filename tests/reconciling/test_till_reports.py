"""Each till's report is known by its headings, and says what it says: which code, when, where, for how much."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from stampwell.reconciling.fields import FIELDS, KNOWN
from stampwell.reconciling.till_lines import TillLine, key_of
from stampwell.reconciling.till_reports import SHAPES, recognise, shape_of
from tests.reconciling.reports import read_sample, rows_of

RIGA = ZoneInfo("Europe/Riga")


def said(line: TillLine, wall: ZoneInfo = RIGA) -> tuple[object, ...]:
    at = line.said.at(wall) if line.said else None
    return line.key, at, line.place, line.amount, line.receipt, line.is_refund


def at(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    "name",
    [
        "square_transactions",
        "square_items",
        "shopify_orders",
        "loyverse_receipts",
        "loyverse_items",
        "airregi_receipts",
        "airregi_sums",
        "iiko_exchange",
        "iiko_olap",
        "lightspeed_k",
        "odoo_lines",
        "erpnext_invoices",
    ],
)
def test_a_report_is_known_by_its_headings_wherever_they_stand(name: str) -> None:
    headings = rows_of(name)[0]

    for some in (headings, headings[::-1], [*headings[3:], "Something else", *headings[:3]]):
        shape = shape_of(some)
        assert shape is not None
        assert shape.name == name


def test_each_shape_has_signs_of_its_own_and_fields_that_there_are() -> None:
    assert len({shape.name for shape in SHAPES}) == len(SHAPES)
    for shape in SHAPES:
        assert set(shape.columns.values()) <= set(FIELDS)
        found = shape_of([*shape.signs, *shape.columns])
        assert found is not None
        assert found.name == shape.name


def test_square_tells_the_name_of_the_discount_by_its_own_clock() -> None:
    _, lines = read_sample("square_transactions")

    assert [said(line) for line in lines] == [
        ("freecoffee", at(2026, 11, 18, 17, 59, 30), "Old Town", 350, "tx-1001", False),
        ("freecoffee", at(2026, 11, 18, 18, 20, 5), "Harbour", 350, "tx-1002", False),
        ("freecoffee", at(2026, 11, 18, 18, 20, 5), "Harbour", 350, "tx-1002", False),
        ("freecoffee", at(2026, 11, 19, 14, 5), "Old Town", 350, "tx-1004", True),
    ]


@pytest.mark.parametrize("name", ["square_items", "loyverse_receipts", "loyverse_items"])
def test_a_till_with_buttons_alone_needs_to_be_told_what_its_discounts_stand_for(name: str) -> None:
    known, lines = read_sample(name, order="dmy")

    assert (known.troubles, lines) == (["no_code"], [])


def test_of_a_till_with_buttons_each_sale_with_a_discount_counts() -> None:
    _, items = read_sample("square_items", code_of_all="FREECOFFEE")
    _, receipts = read_sample("loyverse_receipts", order="mdy", code_of_all="FREECOFFEE")
    _, lines = read_sample("loyverse_items", order="dmy", digits=3, code_of_all="FREECOFFEE")

    assert [said(line) for line in items] == [
        ("freecoffee", at(2026, 11, 18, 8, 15), "High Street", 340, "tx-77", False),
        ("freecoffee", at(2026, 11, 19, 17, 40, 11), "High Street", 340, "tx-78", False),
    ]
    assert [said(line) for line in receipts] == [
        ("freecoffee", at(2026, 7, 28, 10, 33), "Centre", 300, "4-10378", False),
        ("freecoffee", at(2026, 7, 28, 21, 5), "Centre", 300, "4-10380", True),
    ]
    assert [said(line) for line in lines] == [("freecoffee", at(2026, 10, 1, 20, 50), "Main", 2500, "2-501", False)]


def test_shopify_tells_codes_in_the_first_row_of_an_order_and_what_was_cancelled_or_refunded() -> None:
    _, lines = read_sample("shopify_orders")

    assert [said(line) for line in lines] == [
        ("7qk4-mxpd", at(2026, 9, 3, 14, 15), "Pine Street", 450, "#1001", False),
        ("7qk4-wdhr", at(2026, 9, 3, 15, 1, 58), "Market", 675, "#1002", False),
        ("bday25", at(2026, 9, 3, 15, 1, 58), "Market", 675, "#1002", False),
        ("7qk4-rvnb", at(2026, 9, 4, 13, 59), "Market", 450, "#1004", False),
        ("7qk4-rvnb", at(2026, 9, 4, 13, 59), "Market", 450, "#1004", True),
    ]


def test_yen_and_its_words_are_read_and_the_row_of_sums_is_not() -> None:
    known, lines = read_sample("airregi_receipts", digits=0)

    assert known.troubles == []
    assert [said(line, ZoneInfo("Asia/Tokyo")) for line in lines] == [
        (key_of("コーヒー1杯無料"), at(2026, 10, 31, 1, 15), "渋谷店", 500, "A-0001", False),
        (key_of("コーヒー1杯無料"), at(2026, 10, 31, 3, 20), "池袋店", 500, "A-0003", False),
    ]


def test_sums_of_days_are_known_for_what_cannot_be_compared() -> None:
    known, _ = read_sample("airregi_sums")

    assert known.troubles == ["daily_sums"]


def test_of_iikos_rows_only_discounts_count() -> None:
    _, lines = read_sample("iiko_exchange")

    assert [said(line, ZoneInfo("Asia/Almaty")) for line in lines] == [
        (key_of("Бесплатный кофе"), at(2026, 11, 20, 18, 41, 10), "02", 95_000, "7001", False),
        (key_of("Бесплатный кофе"), at(2026, 11, 20, 19, 12), "03", 125_050, "7002", False),
    ]


def test_a_business_day_without_a_time_is_a_day() -> None:
    _, lines = read_sample("iiko_olap")

    assert [(line.code, line.place, line.said and line.said.has_time) for line in lines] == [
        ("COFFEE-K7PM", "Абай", False),
        ("COFFEE-X2RD", "Достык", False),
    ]


def test_a_code_may_stand_in_one_of_several_columns() -> None:
    _, lines = read_sample("lightspeed_k")

    assert [said(line) for line in lines] == [
        ("freecoffee", at(2026, 11, 20, 18, 2, 11), "Terrace", 240, "R65315.13", False),
        ("staff20", at(2026, 11, 20, 18, 30), "Terrace", 100, "R65315.14", False),
        ("staff20", at(2026, 11, 20, 18, 30), "Terrace", 80, "R65315.14", False),
    ]


def test_odoo_takes_back_with_a_number_below_zero() -> None:
    _, lines = read_sample("odoo_lines")

    assert [said(line, ZoneInfo("UTC")) for line in lines] == [
        ("044d-f727-4e46", at(2026, 11, 20, 7, 15, 33), "Centre", 250, "Centre/0101", False),
        ("044d-f727-4e46", at(2026, 11, 20, 8, 0), "Centre", 250, "Centre/0102", True),
        ("0431-0a2b-77c1", at(2026, 11, 20, 9, 12), "Harbour", 250, "Harbour/0044", False),
    ]


def test_erpnext_marks_returns_and_what_was_cancelled() -> None:
    _, lines = read_sample("erpnext_invoices")

    assert [(line.key, line.receipt[-2:], line.is_refund) for line in lines] == [
        ("save-8f2k", "12", False),
        ("save-8f2k", "13", True),
    ]


def test_a_list_of_codes_with_how_often_each_was_used_is_enough() -> None:
    known, lines = read_sample("promo_codes")

    assert known.troubles == []
    assert [(line.code, line.count, line.said) for line in lines] == [("SAVE-8F2K", 1, None), ("SAVE-H3MB", 2, None)]


def test_an_unknown_till_is_read_by_the_words_of_the_language() -> None:
    known, lines = read_sample("latvian_till")

    assert (known.shape, known.troubles) == (None, [])
    assert [said(line) for line in lines] == [
        ("kafija-7qk4", at(2026, 11, 20, 8, 15), "Vecrīga", 350, "10231", False),
        ("kafija-mxpd", at(2026, 11, 20, 9, 40), "Āgenskalns", 120_350, "10232", False),
    ]


def test_a_word_names_one_field_and_an_unknown_heading_none() -> None:
    assert recognise(["Foo", "Bar"]).columns == ["", ""]
    assert recognise(["Code", "Date"]).columns == ["code", "day"]
    assert set(KNOWN.values()) == set(FIELDS)
