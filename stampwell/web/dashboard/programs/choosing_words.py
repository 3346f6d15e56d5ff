"""The three ways to hand out a reward in words: what each promises, and why one of them fits."""

from collections.abc import Mapping

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stampwell.programs.choosing import Advice
from stampwell.programs.terms import Path
from stampwell.redeem_codes.tills import Till

type Words = str | Promise


class Way(msgspec.Struct, frozen=True):
    path: Path
    name: Words
    checked_by: Words
    twice: Words
    work: Words


WAYS = (
    Way(
        "self_redeem",
        gettext_lazy("Customers use it themselves"),
        gettext_lazy("Your staff, with a look: the screen moves, and its clock runs."),
        gettext_lazy("The voucher works once. A picture of the screen passes only if nobody looks."),
        gettext_lazy("They look at the customer’s screen and give the reward."),
    ),
    Way(
        "staff_scan",
        gettext_lazy("Staff scan it"),
        gettext_lazy("Stampwell, when your staff scan the voucher."),
        gettext_lazy("No. The second time it is refused, and your staff read when and where it was used."),
        gettext_lazy("They scan the voucher with the phone, enter the discount at the till and give the reward."),
    ),
    Way(
        "redeem_code",
        gettext_lazy("The till reads a code"),
        gettext_lazy("Your till. Stampwell shows the code, and does not see whether the till takes it."),
        gettext_lazy("One code for all: yes, if somebody remembers it. A code of its own for each voucher: no."),
        gettext_lazy("They scan or type the code at the till, which gives the discount."),
    ),
)
TITLES: Mapping[Advice, Words] = {
    "self_redeem": gettext_lazy("Let customers use it themselves"),
    "staff_scan": gettext_lazy("Let your staff scan it"),
    "codes_of_list": gettext_lazy("Give each voucher a code of its own"),
}


def say_why(advice: Advice, till: Till) -> str:
    match advice:
        case "self_redeem":
            return _("It is the quickest way, and nobody needs a phone or a till for it. A look is enough here.")
        case "codes_of_list":
            return _("Your till takes each code only once: it checks by itself, and your staff need no phone.")
    if till.is_button:
        return _("Your till cannot tell one voucher from another. Staff scan it first, then press the button.")
    return _("It works with every till, and each voucher works once. Your till may not check that.")
