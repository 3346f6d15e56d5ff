"""The scans that wait for a decision, the oldest first: each with why it waits, as the page of the desk tells it."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from stampwell.exports.sheets import AT_ONCE, Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.journal.whose_cards import CardLabel, label_cards
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.offline.handing_out import rewards_said
from stampwell.offline.rows import COLUMNS, KeptScanRow
from stampwell.offline.words import say_why, title_of
from stampwell.transactions import Statements

_COUNT = "SELECT count(*) FROM kept_scan WHERE merchant_id = %s AND state = 'waiting'"
_NEXT = f"""
    SELECT {COLUMNS} FROM kept_scan
    WHERE merchant_id = %s AND state = 'waiting' AND id > %s ORDER BY id LIMIT %s
"""


def scans_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    def count(tx: Statements) -> int | None:
        return tx.value(int, _COUNT, (tx.merchant_id,))

    def read(tx: Statements, after: str) -> Piece:
        found = tx.rows(KeptScanRow, _NEXT, (tx.merchant_id, UUID(after) if after else UUID(int=0), AT_ONCE + 1))
        shown = found[:AT_ONCE]
        hands = (id for scan in shown for id in (scan.staff_member_id, scan.sender_id, scan.location_id))
        names, cards = names_of(tx, hands), label_cards(tx, [scan.card_id for scan in shown if scan.card_id])
        rewards = {
            id: text_in(named.reward.name, active_locale(), named.terms.locale)
            for id, named in rewards_said(merchant.id, shown).items()
        }
        rows = [_row(scan, names, cards, rewards.get(scan.id, "")) for scan in shown]
        return Piece(rows, str(shown[-1].id) if len(found) > AT_ONCE else None)

    return Sheet(_columns(), count, read)


def _columns() -> list[Column]:
    return [
        Column("at", _("Time")),
        Column("customer", _("Customer")),
        Column("short_number", _("Card number")),
        Column("reward", _("Reward")),
        Column("reason", _("Reason")),
        Column("why", _("Why it needs a decision")),
        Column("person", _("Person")),
        Column("device", _("Device")),
        Column("location", _("Location")),
        Column("code"),
        Column("scan_id", "ID"),
    ]


def _row(scan: KeptScanRow, names: Mapping[UUID, str], cards: Mapping[str, CardLabel], reward: str) -> Row:
    card = cards.get(public_id("crd", scan.card_id)) if scan.card_id else None
    return [
        scan.happened_at,
        card.name if card else "",
        card.number if card else "",
        reward,
        title_of(scan.reason),
        say_why(scan.reason),
        *(names.get(id, "") if id else "" for id in (scan.staff_member_id, scan.sender_id, scan.location_id)),
        scan.reason,
        public_id("ksc", scan.id),
    ]
