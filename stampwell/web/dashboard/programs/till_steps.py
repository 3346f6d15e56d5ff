"""What an owner does in the till, and when, so that a next code works from its first day on."""

import msgspec
from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.languages.formatting import format_date
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.code_successors import SuccessorRow


class TillSteps(msgspec.Struct, frozen=True):
    create: str
    shown: str
    delete: str

    @property
    def all(self) -> list[str]:
        return [self.create, self.shown, self.delete]


def steps_of(merchant: Merchant, row: SuccessorRow) -> TillSteps:
    """In the order in which they are done, each with its day by the shop's clock."""
    facts = {"code": row.next_code, "old": row.code, "day": format_date(local_day(merchant, row.starts))}
    is_at_once = row.starts <= max(row.planned, now())
    if is_at_once:
        create = _("Create “%(code)s” in your till now.") % facts
        shown = (
            _("Customers are shown “%(code)s” from now on. “%(old)s” is still valid for whoever was shown it.") % facts
        )
    else:
        create = _("Create “%(code)s” in your till before %(day)s.") % facts
        shown = _("From %(day)s customers are shown “%(code)s”. Until then they are shown “%(old)s”.") % facts
    return TillSteps(create, shown, say_delete(merchant, row))


def say_delete(merchant: Merchant, row: SuccessorRow) -> str:
    if now() >= row.old_until:
        return _("Delete “%(old)s” in your till now. No customer needs it any more.") % {"old": row.code}
    facts = {"old": row.code, "day": format_date(local_day(merchant, row.old_until))}
    return _("Delete “%(old)s” in your till on %(day)s. Until then it must work.") % facts
