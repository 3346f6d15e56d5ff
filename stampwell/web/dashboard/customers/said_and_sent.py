"""What a customer said about messages, and which emails went to them: the ledger and the queue of mail, in words."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.customers.consent_ledger import SaidRow
from stampwell.mail.models import Mail
from stampwell.mail.queue import MailAbout

MOST_MAILS = 20
AT_DESK = "desk"  # the source of a word that somebody wrote down here
_WHERE: Mapping[str, Promise] = {
    "join page": _("On the join page"),
    "my data": _("In “My data”, on their own phone"),
    "link in a message": _("With the link in a message"),
    "merge": _("By merging two customers"),
    "merge undone": _("By undoing a merge"),
    AT_DESK: _("The customer told the shop"),
}
_ABOUT: Mapping[str, Promise] = {
    "lost_card": _("The link to a lost card"),
    "erasure": _("That the card and all data will be deleted"),
    "new_terms": _("New terms of the card"),
    "card_link": _("The link to the card"),
}
_OUTCOMES: Mapping[str, Promise] = {
    Mail.State.WAITING: _("Not sent yet"),
    Mail.State.SENT: _("Sent"),
    Mail.State.FAILED: _("Could not be sent"),
    Mail.State.EXPIRED: _("Not sent in time"),
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


class ShownMail(msgspec.Struct, frozen=True):
    about: str
    outcome: str
    at: datetime
    has_failed: bool


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


def show_mails(mails: list[MailAbout]) -> list[ShownMail]:
    """Those that have a name here: what nobody can read is no news."""
    return [
        ShownMail(str(_ABOUT[one.kind]), str(_OUTCOMES[one.state]), one.ended or one.created, one.state == "failed")
        for one in mails
        if one.kind in _ABOUT
    ]
