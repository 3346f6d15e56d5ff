"""The rows of a card and of a stamp, as the hot steps read and write them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.events.actors import Source
from stampwell.refusal import NotFound
from stampwell.transactions import Later, Statements, columns_of
from stampwell.vouchers.rows import COLUMNS as VOUCHER_COLUMNS
from stampwell.vouchers.rows import IS_OPEN, VoucherRow

State = Literal["active", "void", "erased"]


# gc=False: thousands are made at once, and none can hold itself.
class CardRow(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    program_id: UUID
    version_id: UUID
    customer_id: UUID
    external_id: str | None
    locale: str
    short_number: str
    issue: int
    state: State
    round: int
    stamps: int
    goal: int
    remainder: int
    stamped_day: date | None
    stamps_that_day: int
    last_stamp: datetime | None
    last_step: int
    revision: int
    created: datetime


# gc=False: thousands are made at once, and none can hold itself.
class StampRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    id: UUID
    card_id: UUID
    count: int
    round: int
    amount: int | None
    currency: str | None
    remainder_change: int
    at: datetime
    occurred: datetime
    source: Source
    overrode: bool
    receipt_id: str | None
    location_id: UUID | None
    station_id: UUID | None
    staff_member_id: UUID | None
    api_key_id: UUID | None
    reverses_id: UUID | None
    reason: str
    merge_id: UUID | None = None
    counted: datetime | None = None


class CompletedRoundRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    card_id: UUID
    round: int
    version_id: UUID
    goal: int
    completed: datetime


class ReachedMilestoneRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    card_id: UUID
    round: int
    stamps: int
    voucher_id: UUID | None
    reward_id: UUID | None
    draw_id: UUID | None
    told: datetime | None = None


COLUMNS = columns_of(CardRow, "c")
_READ = f"SELECT {COLUMNS} FROM card c WHERE c.merchant_id = %s AND c.id = %s"

_READ_STAMP = f"SELECT {columns_of(StampRow)} FROM stamp WHERE merchant_id = %s AND id = %s"

_WRITE = """
    UPDATE card SET version_id = %(version_id)s, goal = %(goal)s, round = %(round)s, stamps = %(stamps)s,
        remainder = %(remainder)s, stamped_day = %(stamped_day)s, stamps_that_day = %(stamps_that_day)s,
        last_stamp = %(last_stamp)s, last_step = %(last_step)s, revision = %(revision)s, changed = %(at)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s AND revision = %(before)s
"""

_OPEN_VOUCHERS = f"""
    SELECT {VOUCHER_COLUMNS} FROM voucher
    WHERE merchant_id = %s AND card_id = %s AND {IS_OPEN} ORDER BY issued, id
"""

_READ_HOLDER = f"""
    SELECT {COLUMNS} FROM voucher v JOIN card c ON (c.merchant_id, c.id) = (v.merchant_id, v.card_id)
    WHERE v.merchant_id = %s AND v.id = %s
"""

_OTHER_OPEN_VOUCHERS = f"""
    SELECT {VOUCHER_COLUMNS} FROM voucher
    WHERE merchant_id = %(merchant)s AND id <> %(voucher)s AND {IS_OPEN}
        AND card_id = (SELECT card_id FROM voucher WHERE merchant_id = %(merchant)s AND id = %(voucher)s)
    ORDER BY issued, id
"""


class CardAsked(msgspec.Struct, frozen=True):
    """A card and its open vouchers that were asked for, and come with the next read."""

    _card: Later[CardRow]
    _vouchers: Later[VoucherRow]

    def rows(self) -> tuple[CardRow, list[VoucherRow]]:
        """Refuses: NotFound."""
        return _found(self._card.row()), self._vouchers.rows()


def ask_to_lock_card(tx: Statements, card_id: UUID) -> CardAsked:
    """The card, held until the transaction ends, and its open vouchers as they stand once it is held."""
    card = tx.hold(CardRow, _READ, (tx.merchant_id, card_id))
    return CardAsked(card, open_vouchers(tx, card_id))


def ask_for_card(tx: Statements, card_id: UUID) -> CardAsked:
    card = tx.later(CardRow, _READ, (tx.merchant_id, card_id))
    return CardAsked(card, open_vouchers(tx, card_id))


def lock_card(tx: Statements, card_id: UUID) -> tuple[CardRow, list[VoucherRow]]:
    """As `ask_to_lock_card`, at once. Refuses: NotFound."""
    return ask_to_lock_card(tx, card_id).rows()


def read_card(tx: Statements, card_id: UUID) -> tuple[CardRow, list[VoucherRow]]:
    """Refuses: NotFound."""
    return ask_for_card(tx, card_id).rows()


def write_card(tx: Statements, before: CardRow, card: CardRow, *, at: datetime) -> None:
    """Writes the counters of a card that the caller has locked."""
    facts = {"merchant": tx.merchant_id, "before": before.revision, "at": at}
    tx.change(_WRITE, msgspec.structs.asdict(card) | facts)


def read_stamp(tx: Statements, stamp_id: UUID) -> StampRow:
    """Refuses: NotFound."""
    stamp = tx.row(StampRow, _READ_STAMP, (tx.merchant_id, stamp_id))
    if stamp is None:
        raise NotFound
    return stamp


def open_vouchers(tx: Statements, card_id: UUID) -> Later[VoucherRow]:
    return tx.later(VoucherRow, _OPEN_VOUCHERS, (tx.merchant_id, card_id))


def holder_of(tx: Statements, voucher_id: UUID) -> tuple[Later[CardRow], Later[VoucherRow]]:
    """The card that a voucher was given to and its other open vouchers: read together with the caller's next step."""
    card = tx.later(CardRow, _READ_HOLDER, (tx.merchant_id, voucher_id))
    return card, tx.later(VoucherRow, _OTHER_OPEN_VOUCHERS, {"merchant": tx.merchant_id, "voucher": voucher_id})


def _found(card: CardRow | None) -> CardRow:
    if card is None:
        raise NotFound
    return card
