"""Every voucher of the shop, in the order in which they were given; by what is left of them, no codes."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.cards.numbers import group_digits
from stampwell.clock import now
from stampwell.exports.sheets import AT_ONCE, Column, Piece, Row, Sheet
from stampwell.ids import public_id
from stampwell.languages.offered import active_locale
from stampwell.languages.texts import text_in
from stampwell.merchants.models import Merchant
from stampwell.merchants.names import names_of
from stampwell.transactions import Statements, columns_of
from stampwell.vouchers.rows import VoucherRow, state_at, used_at
from stampwell.vouchers.state_words import STATE_WORDS


class _Listed(VoucherRow, frozen=True, kw_only=True):
    """A voucher, whose it is, and how it was used if it is used."""

    reward: str  # JSON, as the driver is told to leave it
    short_number: str
    name: str
    receipt_id: str | None
    location_id: UUID | None
    hand_id: UUID | None


_COUNT = "SELECT count(*) FROM voucher WHERE merchant_id = %s"
_NEXT = f"""
    SELECT {columns_of(VoucherRow, "v")}, r.name AS reward, c.short_number, u.name,
        d.receipt_id, d.location_id, coalesce(d.staff_member_id, d.station_id, d.api_key_id) AS hand_id
    FROM (
        SELECT * FROM voucher WHERE merchant_id = %(merchant)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
    ) v
    JOIN reward r ON r.merchant_id = %(merchant)s AND r.id = v.reward_id
    JOIN card c ON c.merchant_id = %(merchant)s AND c.id = v.card_id
    JOIN customer u ON u.merchant_id = %(merchant)s AND u.id = c.customer_id
    LEFT JOIN redemption d ON d.merchant_id = %(merchant)s AND d.voucher_id = v.id AND d.reversal_no = v.reversals
    ORDER BY v.id
"""
_NONE = str(UUID(int=0))


def vouchers_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    at = now()

    def count(tx: Statements) -> int | None:
        return tx.value(int, _COUNT, (tx.merchant_id,))

    def read(tx: Statements, after: str) -> Piece:
        facts = {"merchant": tx.merchant_id, "after": after or _NONE, "limit": AT_ONCE + 1}
        found = tx.rows(_Listed, _NEXT, facts)
        shown = found[:AT_ONCE]
        names = names_of(tx, (id for row in shown for id in (row.hand_id, row.location_id)))
        rows = [_row(merchant, row, names, at) for row in shown]
        return Piece(rows, str(shown[-1].id) if len(found) > AT_ONCE else None)

    return Sheet(_columns(), count, read)


def _columns() -> list[Column]:
    return [
        Column("reward", _("Reward")),
        Column("state", _("State")),
        Column("customer", _("Customer")),
        Column("short_number", _("Card number")),
        Column("issued_at", _("Given at")),
        Column("ready_at", _("Usable from")),
        Column("expires_at", _("Usable until")),
        Column("redeemed_at", _("Used at")),
        Column("redeemed_by", _("Handed out by")),
        Column("location", _("Location")),
        Column("receipt_id", _("Receipt number")),
        Column("card_id"),
        Column("voucher_id", "ID"),
    ]


def _row(merchant: Merchant, voucher: _Listed, names: Mapping[UUID, str], at: datetime) -> Row:
    reward = msgspec.json.decode(voucher.reward, type=dict[str, str])
    return [
        text_in(reward, active_locale(), merchant.locale),
        str(STATE_WORDS[state_at(voucher, at)]),
        voucher.name,
        group_digits(voucher.short_number),
        voucher.issued,
        None if voucher.awaits_visit else voucher.ready,
        voucher.expires,
        used_at(voucher),
        names.get(voucher.hand_id, "") if voucher.hand_id else "",
        names.get(voucher.location_id, "") if voucher.location_id else "",
        voucher.receipt_id,
        public_id("crd", voucher.card_id),
        public_id("vch", voucher.id),
    ]
