"""What a customer said about messages, in words."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.customers.consent_ledger import SaidRow

AT_DESK = "desk"  # the source of a word that somebody wrote down here
_WHERE: Mapping[str, Promise] = {
    "join page": _("On the join page"),
    "my data": _("In “My data”, on their own phone"),
    "link in a message": _("With the link in a message"),
    "merge": _("By merging two customers"),
    "merge undone": _("By undoing a merge"),
    AT_DESK: _("The customer told the shop"),
}


class ShownWord(msgspec.Struct, frozen=True, kw_only=True):
    """`wording` is in the language `locale`, "" where that was not kept; `where` and `by` are "" where nobody knows."""

    granted: bool
    wording: str
    locale: str
    where: str
    at: datetime
    by: str
    reason: str


def show_words(rows: list[SaidRow], names: Mapping[UUID, str]) -> list[ShownWord]:
    return [
        ShownWord(
            granted=row.granted,
            wording=row.wording,
            locale=row.locale,
            where=str(_WHERE.get(row.source, "")),
            at=row.at,
            by=names.get(row.staff_member_id, "") if row.staff_member_id else "",
            reason=row.reason,
        )
        for row in rows
    ]
