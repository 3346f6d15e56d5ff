"""What looks odd, month by month, in the careful words of its page, and whether somebody looked and found it fine."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.insight.odd_months import months_later, read_odd_month
from stampwell.insight.oddities import Oddity
from stampwell.insight.oddity_words import TITLES, say_found, say_usual
from stampwell.insight.seen_oddities import is_fine, read_seen
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements

_FIRST = "SELECT min(day) FROM hand_total WHERE merchant_id = %s"


def oddities_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    this_month = local_day(merchant, now()).replace(day=1)

    def read(tx: Statements, after: str) -> Piece:
        """A month."""
        first = date.fromisoformat(after) if after else tx.value(date, _FIRST, (tx.merchant_id,)) or this_month
        month = first.replace(day=1)
        odd, seen = read_odd_month(merchant, month).odd, read_seen(tx)
        names = names_of(tx, (one.person for one in odd))
        cards = label_cards(tx, [one.card for one in odd if one.card])
        rows = [_row(month, one, names, cards, is_seen=is_fine(one, seen)) for one in odd]
        return Piece(rows, months_later(month, 1).isoformat() if month < this_month else None)

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("month", _("Month")),
        Column("person", _("Person")),
        Column("title", _("What looks odd")),
        Column("found", _("How often")),
        Column("usual", _("Compared with what is usual")),
        Column("customer", _("Customer")),
        Column("short_number", _("Card number")),
        Column("seen", _("Looked at, and fine")),
        Column("reason"),
        Column("times"),
        Column("of"),
        Column("person_id", "ID"),
    ]


def _row(month: date, odd: Oddity, names: Mapping[UUID, str], cards: Mapping[str, CardLabel], *, is_seen: bool) -> Row:
    card = cards.get(public_id("crd", odd.card)) if odd.card else None
    return [
        month,
        names.get(odd.person, ""),
        str(TITLES[odd.reason]),
        say_found(odd),
        say_usual(odd),
        card.name if card else "",
        card.number if card else "",
        _("Yes") if is_seen else _("No"),
        odd.reason,
        odd.found,
        odd.of,
        public_id("stf", odd.person),
    ]
