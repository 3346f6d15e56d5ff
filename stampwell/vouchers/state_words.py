"""What the people of a shop call the states of a voucher."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATE_WORDS: dict[str, str | Promise] = {
    "pending": _("Not ready yet"),
    "ready": _("Ready to use"),
    "reserved": _("Being used at the till"),
    "redeemed": _("Used"),
    "expired": _("Expired"),
    "void": _("Withdrawn"),
}
