"""Amounts as people type them, in every language of ours."""

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils.translation import override

from stampwell.web.dashboard.money import AmountField, NotAnAmount, read_amount, show_amount


@pytest.mark.parametrize(
    ("locale", "typed", "currency", "minor"),
    [
        ("en", "12.50", "EUR", 1250),
        ("en", "12,50", "EUR", 1250),
        ("en", "1,250", "EUR", 125000),
        ("en", "1,250.5", "EUR", 125050),
        ("lv", "1 250,50", "EUR", 125050),
        ("lv", "1.250,50", "EUR", 125050),
        ("et", "12,5", "EUR", 1250),
        ("ja", "¥1,000", "JPY", 1000),
        ("ja", "１０００", "JPY", 1000),
        ("kk", "2 500", "KZT", 250000),
        ("uz", "25 000,00", "UZS", 2500000),
        ("en", "1.250", "KWD", 1250),
        ("en", "١٢٫٥٠", "EUR", 1250),
        ("en", "۱۲.۵۰\u200f", "EUR", 1250),
        ("en", "\u202a12,50\u202c", "EUR", 1250),
    ],
)
def test_it_means_what_it_looks_like(locale: str, typed: str, currency: str, minor: int) -> None:
    with override(locale):
        assert read_amount(typed, currency) == minor


@pytest.mark.parametrize(
    "typed", ["", "abc", "-5", "1e3", "12,3456", "1.2.3", "1,25,0", "NaN", "½", "12.50.", "٫5", "1,2.3,4"]
)
def test_what_may_be_a_slip_is_not_guessed(typed: str) -> None:
    with override("en"), pytest.raises(NotAnAmount):
        read_amount(typed, "EUR")


def test_decimals_that_the_currency_lacks_are_refused() -> None:
    with override("ja"), pytest.raises(NotAnAmount):
        read_amount("12.5", "JPY")


@pytest.mark.parametrize("locale", ["en", "lv", "et", "uz", "kk", "ja"])
@pytest.mark.parametrize(
    ("minor", "currency"), [(1, "EUR"), (1250, "EUR"), (123456789, "KZT"), (500, "JPY"), (1005, "KWD")]
)
def test_what_is_shown_can_be_read_back(locale: str, minor: int, currency: str) -> None:
    with override(locale):
        assert read_amount(show_amount(minor, currency), currency) == minor


def test_a_field_for_an_amount_says_in_what_currency() -> None:
    form = forms.Form()
    form.fields["cost"] = AmountField(label="What it costs you", currency="KZT")

    field = render_to_string("partials/field.html", {"field": form["cost"]})

    assert '<label for="id_cost">What it costs you <bdi class="optional">KZT</bdi></label>' in field
