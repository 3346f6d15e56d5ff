"""What the first page says of codes that are the same for every customer: what to do in the till now or soon, and which
codes have been shown for long.
"""

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.clock import now
from stampwell.languages.formatting import format_number
from stampwell.languages.offered import active_locale
from stampwell.merchants.models import Merchant
from stampwell.programs.shared_codes import SOON, OldCode, SharedCode, shared_codes
from stampwell.web.dashboard.programs.till_steps import say_delete, steps_of


class CodeNotice(msgspec.Struct, frozen=True):
    title: str
    what_to_do: str


def codes_to_change(merchant: Merchant) -> list[CodeNotice]:
    """First what the till has to have, then what it ought not to have any more, then what is old."""
    found, at = shared_codes(merchant, active_locale()), now()
    coming = [one for one in found.codes if one.next and one.next.starts <= at + SOON]
    over = [one for one in found.old if one.is_over(at)]
    aged = [one for one in found.codes if one.is_news(at)]
    return [
        *(_coming(merchant, one) for one in coming),
        *(_over(merchant, one) for one in over),
        *(_aged(one) for one in aged),
    ]


def _coming(merchant: Merchant, code: SharedCode) -> CodeNotice:
    assert code.next is not None, "it comes soon"
    steps = steps_of(merchant, code.next)
    return CodeNotice(steps.create, steps.shown)


def _over(merchant: Merchant, old: OldCode) -> CodeNotice:
    return CodeNotice(say_delete(merchant, old.row), _("When you have done so, say so on the page of these codes."))


def _aged(code: SharedCode) -> CodeNotice:
    days = code.age(now()).days
    title = ngettext(
        "“%(code)s” has been shown to every customer for %(shown)s day",
        "“%(code)s” has been shown to every customer for %(shown)s days",
        days,
    )
    facts = {"code": code.code, "shown": format_number(days)}
    return CodeNotice(title % facts, _("A code that many know gets around. Enter another one to follow it."))
