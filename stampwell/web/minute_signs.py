"""The sign of the minute on a page: each of the coming minutes lies in it, and the page shows the one that it is."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stampwell.merchants.models import Merchant
from stampwell.vouchers.minute_signs import SHAPES, signs_between
from stampwell.web.visitors import milliseconds

WORDS: dict[str, str | Promise] = {
    "cup": _("Cup"),
    "scissors": _("Scissors"),
    "bread": _("Bread"),
    "car": _("Car"),
    "flower": _("Flower"),
    "star": _("Star"),
    "heart": _("Heart"),
    "paw": _("Paw"),
    "sun": _("Sun"),
    "bell": _("Bell"),
    "cake": _("Cake"),
    "key": pgettext_lazy("a picture", "Key"),
}
assert WORDS.keys() == set(SHAPES), "every shape has a word"


def minute_signs(merchant: Merchant, first: datetime, last: datetime) -> list[dict[str, Any]]:
    """For `partials/minute_signs.html`: of all minutes from that of `first` to that of `last`."""
    return [
        {
            "begins": milliseconds(sign.begins),
            "shape": sign.shape,
            "colour": sign.colour,
            "word": WORDS[sign.shape],
        }
        for sign in signs_between(merchant.id, first, last)
    ]
