"""Why a single code is withdrawn, as the desk asks and the journal tells."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.redeem_codes.withdrawing import Reason

REASON_WORDS: dict[Reason, Promise] = {
    "refused_by_till": _("The till refused it"),
    "leaked": _("Somebody else knows it"),
    "other": _("Another reason"),
}
