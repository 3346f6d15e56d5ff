"""What was written to a customer, in words: for the customer and for the shop."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.customers.messages import MessageRow

_ABOUT: Mapping[str, Promise] = {
    "lost_card": _("The link to a lost card"),
    "erasure": _("That the card and all data will be deleted"),
    "new_terms": _("New terms of the card"),
    "card_link": _("The link to the card"),
}
_OUTCOMES: Mapping[str, Promise] = {
    "waiting": _("Not sent yet"),
    "sent": _("Sent"),
    "failed": _("Could not be sent"),
    "expired": _("Not sent in time"),
}


class ShownMessage(msgspec.Struct, frozen=True):
    about: str
    outcome: str
    at: datetime
    has_failed: bool


def show_messages(rows: Iterable[MessageRow]) -> list[ShownMessage]:
    """Those that have a name here: what nobody can read is no news."""
    return [
        ShownMessage(str(_ABOUT[row.kind]), str(_OUTCOMES[row.outcome]), row.at, row.outcome == "failed")
        for row in rows
        if row.kind in _ABOUT
    ]
