"""Amounts as tills write them."""

import pytest

from stampwell.reconciling.amounts import DecimalSign, find_decimal_sign, read_amount
from stampwell.reconciling.till_times import Unreadable


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
