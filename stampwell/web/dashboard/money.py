"""Amounts as people type them: "12,50", "12.50", "1 250" or "１２" all mean what they look like."""

import re
import unicodedata

from babel.numbers import get_decimal_symbol, get_group_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stampwell.languages.formatting import minor_digits
from stampwell.languages.offered import active_locale, babel_locale
from stampwell.languages.typed import plain
from stampwell.programs.limits import MOST_MONEY

_AMOUNT = re.compile(r"(\d[\d.,]*\d|\d)")


class NotAnAmount(ValueError):
    """It cannot be read as an amount, or has more decimals than the currency."""


def read_amount(text: str, currency: str) -> int:
    """Minor units of the currency. Raises NotAnAmount."""
    return read_decimal(text, minor_digits(currency))


def read_decimal(text: str, digits: int) -> int:
    """A number with so many decimals at most, in units of the last one. Raises NotAnAmount."""
    typed = _plain(text)
    if not _AMOUNT.fullmatch(typed):
        raise NotAnAmount
    whole, decimals = _split(typed, digits)
    return int(whole + decimals.ljust(digits, "0"))


def show_amount(minor: int | None, currency: str) -> str:
    """What a field shows for an amount: digits with the reader's decimal sign, no currency."""
    if minor is None:
        return ""
    digits = minor_digits(currency)
    text = str(minor).rjust(digits + 1, "0")
    return f"{text[:-digits]}{get_decimal_symbol(babel_locale(active_locale()))}{text[-digits:]}" if digits else text


def _plain(text: str) -> str:
    """ASCII digits, points and commas; blanks, apostrophes and currency signs fall away."""
    kept = []
    for letter in plain(text):
        if letter == "٫":
            kept.append(".")
        elif not letter.isspace() and letter not in "'’٬" and unicodedata.category(letter) != "Sc":
            kept.append(letter)
    return "".join(kept)


def _split(typed: str, digits: int) -> tuple[str, str]:
    signs = re.findall(r"[.,]", typed)
    if not signs:
        return typed, ""
    whole, _sign, decimals = typed.rpartition(signs[-1])
    if len(decimals) <= digits and signs.count(signs[-1]) == 1:
        return _ungroup(whole, signs[:-1]), decimals
    if len(decimals) == 3 and len(set(signs)) == 1 and signs[0] == get_group_symbol(babel_locale(active_locale())):
        return _ungroup(typed, signs), ""
    raise NotAnAmount


def _ungroup(whole: str, signs: list[str]) -> str:
    """Thousands apart by one kind of sign; anything else may be a slip of the finger."""
    if len(set(signs)) > 1 or (signs and not re.fullmatch(r"\d{1,3}([.,]\d{3})+", whole)):
        raise NotAnAmount
    return re.sub(r"[.,]", "", whole)


class AmountField(forms.CharField):
    """An amount in `currency`; its cleaned value is minor units, or None where nothing was typed."""

    def __init__(self, *, currency: str, **options: object) -> None:
        self.currency = currency
        super().__init__(max_length=20, **options)  # type: ignore[arg-type]
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: object) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = read_amount(text, self.currency)
        except NotAnAmount:
            raise ValidationError(_("Enter the amount in digits, for example 12.50."), code="amount") from None
        if not 1 <= amount <= MOST_MONEY:
            raise ValidationError(_("This amount is too small or too large."), code="amount_range")
        return amount
