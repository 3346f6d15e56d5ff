"""Numbers and days of a form are read from every keyboard."""

from datetime import date

import pytest

from stampwell.web.typed_fields import DayField, NumberField


@pytest.mark.parametrize("typed", ["12", "１２", "١٢", "\u200e12\u200f", " 12 ", "\ufeff१२"])
def test_a_number_is_a_number(typed: str) -> None:
    assert NumberField().clean(typed) == 12


@pytest.mark.parametrize(
    "typed", ["2026-12-24", "２０２６-１２-２４", "２０２６－１２－２４", "٢٠٢٦-١٢-٢٤", "2026–12–24\u200e"]
)
def test_a_day_is_a_day(typed: str) -> None:
    assert DayField().clean(typed) == date(2026, 12, 24)
