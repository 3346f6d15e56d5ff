"""The list of cards, narrowed as it is at the desk, with what is known of each customer.

Always from the newest to the oldest, but for birthdays: a card that is stamped meanwhile would move to another place in
any other order, and could be left out.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import cast
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _
from msgspec.structs import replace

from stampwell.cards.numbers import group_digits
from stampwell.cards.searching import FoundRow, find_newest
from stampwell.clock import now
from stampwell.exports.sheets import AT_ONCE, Column, Piece, Row, Sheet
from stampwell.ids import private_id, public_id
from stampwell.insight.card_list import (
    Asked,
    Filter,
    Order,
    count_cards,
    cursor_after,
    list_cards,
    most_counted,
    read_to_go,
)
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class _More(msgspec.Struct, frozen=True):
    id: UUID
    external_id: str | None
    locale: str
    birthday: date | None
    ready: int
    wants: bool | None
    said: datetime | None
    tags: str | None
    notes: str | None


_ORDERS: Mapping[Filter, Order] = {
    "birthday": "birthday",
    "tag": "tagged",
    "to-go": "fullest",
    "later": "later",
    "wants": "wants",
}
_COUNT = "SELECT count(*) FROM card WHERE merchant_id = %s AND state <> 'erased'"
_MORE = """
    SELECT c.id, c.external_id, c.locale, u.birthday, (
        SELECT count(*)::int FROM voucher v
        WHERE v.merchant_id = %(merchant)s AND v.card_id = c.id AND v.state IN ('pending', 'ready')
            AND v.ready <= %(at)s AND NOT v.awaits_visit AND (v.expires IS NULL OR v.expires > %(at)s)
    ) AS ready, said.granted AS wants, said.at AS said, (
        SELECT string_agg(t.name, ', ' ORDER BY t.folded) FROM tagging g
        JOIN tag t ON (t.merchant_id, t.id) = (g.merchant_id, g.tag_id)
        WHERE g.merchant_id = %(merchant)s AND g.customer_id = c.customer_id
    ) AS tags, (
        SELECT string_agg(n.text, E'\n' ORDER BY n.written DESC, n.id DESC) FROM customer_note n
        WHERE n.merchant_id = %(merchant)s AND n.customer_id = c.customer_id
    ) AS notes
    FROM card c JOIN customer u ON u.merchant_id = c.merchant_id AND u.id = c.customer_id
    LEFT JOIN LATERAL (
        SELECT o.granted, o.at FROM consent o
        WHERE o.merchant_id = %(merchant)s AND o.customer_id = c.customer_id AND o.purpose = 'marketing'
        ORDER BY o.at DESC, o.id DESC LIMIT 1
    ) said ON true
    WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(cards)s)
"""


def cards_sheet(merchant: Merchant, wanted: Mapping[str, str]) -> Sheet:
    words, at = wanted.get("q", ""), now()
    show = cast(Filter, wanted.get("show", "all"))
    asked = Asked(
        filter=show,
        order=_ORDERS.get(show, "newest"),
        at=at,
        today=local_day(merchant, at),
        tag=private_id("tag", wanted.get("tag", "")),
        to_go=read_to_go(wanted.get("to_go", "")),
    )

    def count(tx: Statements) -> int | None:
        if not words and show == "all":
            return tx.value(int, _COUNT, (tx.merchant_id,))
        if words or (counted := count_cards(tx, asked)) > most_counted(asked):
            return None
        return counted

    def read(tx: Statements, after: str) -> Piece:
        found: Sequence[FoundRow]
        if words or show == "all":
            found = find_newest(tx, words, after=UUID(after) if after else None, limit=AT_ONCE + 1)
            begins = str(found[AT_ONCE - 1].id) if len(found) > AT_ONCE else None
        else:
            listed = list_cards(tx, replace(asked, after=after), limit=AT_ONCE + 1)
            begins = cursor_after(listed[AT_ONCE - 1]) if len(listed) > AT_ONCE else None
            found = listed
        return Piece(_rows(tx, merchant, found[:AT_ONCE], at), begins)

    return Sheet(_columns(), count, read)


def _columns() -> list[Column]:
    return [
        Column("customer", _("Customer")),
        Column("email", _("Email")),
        Column("phone", _("Phone")),
        Column("birthday", _("Birthday")),
        Column("locale", _("Language")),
        Column("wants_messages", _("Wants messages")),
        Column("wants_messages_since", _("Since when (messages)")),
        Column("tags", _("Tags")),
        Column("notes", _("Notes")),
        Column("short_number", _("Card number")),
        Column("program", _("Program")),
        Column("state", _("State")),
        Column("stamps", _("Stamps")),
        Column("goal", _("Stamps on a full card")),
        Column("round", _("Round")),
        Column("rewards_ready", _("Rewards ready")),
        Column("last_stamp_at", _("Last stamp")),
        Column("created_at", _("Card since")),
        Column("external_id", _("Number in other software")),
        Column("card_id", "ID"),
    ]


def _rows(tx: Statements, merchant: Merchant, found: Sequence[FoundRow], at: datetime) -> list[Row]:
    facts = {"merchant": tx.merchant_id, "cards": [row.id for row in found], "at": at}
    more = {row.id: row for row in tx.rows(_More, _MORE, facts)}
    return [_row(merchant, row, more[row.id]) for row in found]


def _row(merchant: Merchant, card: FoundRow, more: _More) -> Row:
    program = msgspec.json.decode(card.program, type=dict[str, str])
    return [
        card.name,
        card.email,
        card.phone,
        more.birthday,
        more.locale,
        "" if more.wants is None else _("Yes") if more.wants else _("No"),
        more.said,
        more.tags or "",
        more.notes or "",
        group_digits(card.short_number),
        text_in(program, active_locale(), merchant.locale),
        _("Replaced") if card.state != "active" else _("In use"),
        card.stamps,
        card.goal,
        card.round,
        more.ready,
        card.last_stamp,
        card.created,
        more.external_id,
        public_id("crd", card.id),
    ]
