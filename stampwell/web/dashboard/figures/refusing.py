"""Where scans were refused, and to whom."""

from datetime import date
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stampwell.ids import public_id
from stampwell.insight.customer_figures import RefusedHand, count_refusing_hands
from stampwell.languages.formatting import format_percent
from stampwell.transactions import read_aside
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.figures.share_bar import draw_share


class RefusedRow(msgspec.Struct, frozen=True):
    """`query` is what the journal is asked for beside refusals; "" where there is nothing to ask for."""

    name: str
    times: int
    share: str
    bar: SafeString
    query: str


class RefusedTable(msgspec.Struct, frozen=True):
    title: str
    column: str
    rows: list[RefusedRow]


def refusing_tables(desk: Desk, first: date, last: date, program: UUID | None) -> list[RefusedTable]:
    """Who met with refusals is for owners and managers. Nothing where nothing was refused."""
    hands = read_aside(desk.merchant.id, lambda tx: count_refusing_hands(tx, first, last, program=program))
    places = [_row(hand, hands, "location", "loc", _("Without a location")) for hand in hands if hand.by_location]
    people = [_row(hand, hands, "person", "stf", _("Without a person")) for hand in hands if not hand.by_location]
    tables = [
        RefusedTable(_("By location"), _("Location"), places),
        RefusedTable(_("By person"), _("Person"), people if desk.manages else []),
    ]
    return [table for table in tables if table.rows]


def _row(hand: RefusedHand, hands: list[RefusedHand], field: str, kind: str, nobody: str) -> RefusedRow:
    whole = sum(one.times for one in hands if one.by_location == hand.by_location)
    return RefusedRow(
        name=hand.name or nobody,
        times=hand.times,
        share=format_percent(hand.times / whole),
        bar=draw_share(hand.times, whole),
        query=f"{field}={public_id(kind, hand.of)}" if hand.of else "",
    )
