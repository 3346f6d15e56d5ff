"""What happened in which hour of which day, by the shop's clock: the busy hours of the start page, and more to sum."""

from collections.abc import Mapping
from datetime import date

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.languages.formatting import name_weekday
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class _HourRow(msgspec.Struct, frozen=True, kw_only=True):
    day: date
    hour: int
    visits: int
    stamps: int
    cards: int
    earned: int
    handed_out: int


_TYPES = ["card.issued", "stamp.added", "stamp.reversed", "voucher.issued", "voucher.redeemed", "voucher.reversed"]
_NEXT = "SELECT min(day) FROM hourly_total WHERE merchant_id = %s AND type = ANY(%s) AND day >= %s"
_HOURS = """
    SELECT day, hour,
        coalesce(sum(times) FILTER (WHERE type = 'stamp.added'), 0)::int AS visits,
        sum(stamps)::int AS stamps,
        coalesce(sum(times) FILTER (WHERE type = 'card.issued'), 0)::int AS cards,
        coalesce(sum(times) FILTER (WHERE type = 'voucher.issued'), 0)::int AS earned,
        coalesce(sum(CASE type WHEN 'voucher.redeemed' THEN times WHEN 'voucher.reversed' THEN -times END), 0)::int
            AS handed_out
    FROM hourly_total
    WHERE merchant_id = %(merchant)s AND type = ANY(%(types)s)
        AND day >= %(first)s AND day < %(first)s::date + 62
    GROUP BY 1, 2 ORDER BY 1, 2
"""


def hours_sheet(_merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    def read(tx: Statements, after: str) -> Piece:
        """Two months; behind the last hour an empty piece."""
        begin = date.fromisoformat(after) if after else date.min
        first = tx.value(date, _NEXT, (tx.merchant_id, _TYPES, begin))
        if first is None:
            return Piece([], None)
        found = tx.rows(_HourRow, _HOURS, {"merchant": tx.merchant_id, "types": _TYPES, "first": first})
        return Piece([_row(row) for row in found], date.fromordinal(first.toordinal() + 62).isoformat())

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("day", pgettext("of the figures", "Day")),
        Column("weekday", _("Weekday")),
        Column("hour", pgettext("of the figures", "Hour")),
        Column("visits", _("Times stamped")),
        Column("stamps", _("Stamps")),
        Column("cards", _("New cards")),
        Column("earned", _("Rewards earned")),
        Column("handed_out", _("Rewards handed out")),
    ]


def _row(row: _HourRow) -> Row:
    weekday = name_weekday(row.day.weekday())
    return [row.day, weekday, row.hour, row.visits, row.stamps, row.cards, row.earned, row.handed_out]
