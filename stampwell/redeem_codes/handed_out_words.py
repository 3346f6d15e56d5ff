"""When a voucher gets its code, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.redeem_codes.rows import HandOutAt

HANDED_OUT_WORDS: dict[HandOutAt, str | Promise] = {
    "reveal": _("When the customer shows it at the till"),
    "issue": _("Together with the voucher"),
}
