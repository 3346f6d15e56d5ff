"""Odds as people type them, in percent, and as they are kept, in hundredths of a percent."""

from babel.numbers import get_decimal_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stampwell.draws.seeds import PARTS
from stampwell.languages.offered import active_locale, babel_locale
from stampwell.web.dashboard.money import NotAnAmount, read_decimal


class OddsField(forms.CharField):
    """ "12,5", "12.5" and "12.5 %" are 1250 hundredths of a percent."""

    def __init__(self, **options: object) -> None:
        super().__init__(max_length=20, **options)  # type: ignore[arg-type]
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: object) -> int:
        text = super().clean(value)
        try:
            odds = read_decimal(text.replace("%", "").replace("％", ""), 2)
        except NotAnAmount:
            odds = PARTS + 1
        if odds > PARTS:
            raise ValidationError(_("Enter a number from 0 to 100, with two decimals at most."), code="odds")
        return odds


def show_odds(odds: int) -> str:
    """What the field shows: digits with the reader’s decimal sign, and no more decimals than it takes."""
    whole, rest = divmod(odds, 100)
    decimals = f"{rest:02}".rstrip("0")
    return f"{whole}{get_decimal_symbol(babel_locale(active_locale()))}{decimals}" if decimals else str(whole)
