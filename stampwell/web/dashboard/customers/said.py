"""What a customer said about messages, in words."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.customers.consent_ledger import SaidRow
from stampwell.customers.consent_words import where_said


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
            where=where_said(row.source),
            at=row.at,
            by=names.get(row.staff_member_id, "") if row.staff_member_id else "",
            reason=row.reason,
        )
        for row in rows
    ]
