"""An amount of money as staff type it, on whatever keyboard the phone offers."""

import re
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal
from django.utils.translation import gettext_lazy as _

from stampwell.languages.formatting import minor_digits
from stampwell.languages.offered import active_locale, babel_locale
from stampwell.languages.typed import plain
from stampwell.programs.limits import MOST_MONEY
from stampwell.refusal import Kind, Refusal

LONGEST = 100  # characters, with all that may stand between digits


class AmountUnclear(Refusal):
    code = "amount_unclear"
    kind = Kind.INVALID
    title = _("Amount not understood")
    staff_text = _("This is not an amount.")
    customer_text = _("This is not an amount.")
    what_to_do = _("Enter the amount of the purchase in digits, as shown on the receipt.")


def read_amount(text: str, currency: str) -> int:
    """Minor units: "12,50" and "12.50" are both 1250 euro cents, for phones and tills disagree about the sign.

    What could mean two amounts ("1,234") is read as the reader's language writes numbers. Refuses: AmountUnclear.
    """
    if len(text) > LONGEST:
        raise AmountUnclear
    digits = minor_digits(currency)
    typed = plain(text).replace(" ", "").replace("٫", ".").replace("٬", "")
    typed = re.sub(r"(?<=\d)[.,]$", "", typed)  # the decimals were left out
    value = _with_decimals(typed, digits) or _as_the_language_writes(typed)
    minor = value.scaleb(digits)
    if minor != minor.to_integral_value() or not 0 < minor <= MOST_MONEY:
        raise AmountUnclear
    return int(minor)


def _with_decimals(text: str, digits: int) -> Decimal | None:
    cents = re.fullmatch(rf"(\d{{1,12}})[.,](\d{{1,{digits}}})", text) if digits else None
    return Decimal(f"{cents[1]}.{cents[2]}") if cents else None


def _as_the_language_writes(text: str) -> Decimal:
    if not re.fullmatch(r"\d[\d.,'’]{0,20}", text):
        raise AmountUnclear
    try:
        return parse_decimal(text, locale=babel_locale(active_locale()), strict=True)
    except NumberFormatError as error:
        raise AmountUnclear from error
