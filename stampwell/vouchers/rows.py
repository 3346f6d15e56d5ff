"""Where a voucher stands: what was last written about it, moved on by the time that has passed since."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from stampwell.events.actors import Source
from stampwell.programs.terms import Path
from stampwell.refusal import NotFound
from stampwell.transactions import Later, Statements, columns_of, merchant_reads

State = Literal["pending", "ready", "reserved", "redeemed", "expired", "void"]
OPEN = ("pending", "ready", "reserved")
USABLE = ("ready", "reserved")  # while it is being used at the till it is still one that can be used
IS_OPEN = f"state IN {OPEN}"  # a tuple of texts is written in Python as in SQL


class VoucherRow(msgspec.Struct, frozen=True):
    id: UUID
    card_id: UUID
    program_id: UUID
    reward_id: UUID
    version_id: UUID
    state: State
    issued: datetime
    ready: datetime
    expires: datetime | None
    revealed: datetime | None
    reserved_until: datetime | None
    redeemed: datetime | None
    reversals: int
    issue: int
    reservation_id: UUID | None = None
    checked: datetime | None = None
    shown_code: str | None = None
    awaits_visit: bool = False
    waits_since: datetime | None = None
    api_code: str | None = None
    handed_out: datetime | None = None


COLUMNS = columns_of(VoucherRow)
_READ = f"SELECT {COLUMNS} FROM voucher WHERE merchant_id = %s AND id = %s"


class RedemptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """`reversal_no` counts how often the voucher had been given back before."""

    id: UUID
    voucher_id: UUID
    reversal_no: int
    at: datetime
    path: Path
    source: Source
    location_id: UUID | None
    station_id: UUID | None
    staff_member_id: UUID | None
    api_key_id: UUID | None
    receipt_id: str | None
    discount: int | None = None
    currency: str | None = None
    discount_lines: list[int] | None = None
    returned_lines: list[int] | None = None
    shown_code: str | None = None
    scan_seconds: int | None = None


class ReversalRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    redemption_id: UUID
    at: datetime
    reason: str
    station_id: UUID | None
    staff_member_id: UUID | None
    api_key_id: UUID | None


_READ_REDEMPTION = f"SELECT {columns_of(RedemptionRow)} FROM redemption WHERE merchant_id = %s AND id = %s"


def lock_voucher(tx: Statements, voucher_id: UUID) -> VoucherRow:
    """The voucher, held until the transaction ends. Refuses: NotFound."""
    return _found(ask_to_lock_voucher(tx, voucher_id).row())


def ask_to_lock_voucher(tx: Statements, voucher_id: UUID) -> Later[VoucherRow]:
    """The same, in the packet of whatever is read next."""
    return tx.hold(VoucherRow, _READ, (tx.merchant_id, voucher_id))


def read_voucher(tx: Statements, voucher_id: UUID) -> VoucherRow:
    """Refuses: NotFound."""
    return _found(tx.row(VoucherRow, _READ, (tx.merchant_id, voucher_id)))


def read_redemption(tx: Statements, redemption_id: UUID) -> RedemptionRow:
    """Refuses: NotFound."""
    return _found(tx.row(RedemptionRow, _READ_REDEMPTION, (tx.merchant_id, redemption_id)))


def left_by_line(redemption: RedemptionRow) -> list[int]:
    """What it took off each line of its basket and was not taken back; nothing where no basket was told."""
    taken = redemption.discount_lines or []
    return [one - back for one, back in zip(taken, redemption.returned_lines or [0] * len(taken), strict=True)]


def _found[Row](row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def still_open(vouchers: Iterable[VoucherRow], at: datetime) -> list[VoucherRow]:
    """Those that can be used, or will be."""
    return [voucher for voucher in vouchers if state_at(voucher, at) in OPEN]


def state_at(voucher: VoucherRow, moment: datetime) -> State:
    """A revealed voucher is reserved for its countdown and used when that ends, whether or not anybody was
    there to write it down. One that a till holds is as it was when that ends.
    """
    if voucher.state in ("redeemed", "void"):
        return voucher.state
    if voucher.state == "reserved" and voucher.reserved_until:
        return "reserved" if moment < voucher.reserved_until else "redeemed"
    if is_held(voucher, moment):
        return "reserved"
    if voucher.expires and voucher.expires <= moment:
        return "expired"
    return "pending" if voucher.awaits_visit or moment < voucher.ready else "ready"


def order_at(voucher: VoucherRow, moment: datetime) -> tuple[bool, bool, datetime, datetime, UUID]:
    """What the open vouchers of a card are sorted by: the one that ends first on top, those without an end by when they
    were given; below them those that cannot be used yet, by when they can.
    """
    waits = state_at(voucher, moment) == "pending"
    turn = voucher.ready if waits else voucher.expires
    return (waits, turn is None, turn or voucher.issued, voucher.issued, voucher.id)


def handed_out_at(voucher: VoucherRow, moment: datetime) -> datetime | None:
    """When somebody says to have handed it out without a network, while it can still be used and nobody has decided."""
    return voucher.handed_out if state_at(voucher, moment) in OPEN else None


def is_held(voucher: VoucherRow, moment: datetime) -> bool:
    """Whether a till holds it for a purchase: until its reservation ends nobody else can use it."""
    if voucher.reservation_id is None or voucher.state in ("redeemed", "void"):
        return False
    return voucher.reserved_until is not None and moment < voucher.reserved_until


def held_by_nobody(voucher: VoucherRow) -> VoucherRow:
    """As it is without its reservation, for whoever must not wait for the end of that: nothing tells it."""
    return replace(voucher, reservation_id=None, reserved_until=None) if voucher.reservation_id else voucher


def reserved_until(voucher: VoucherRow, moment: datetime) -> datetime | None:
    """When its countdown ends or ended, or until when a till holds it."""
    return None if voucher.reservation_id and not is_held(voucher, moment) else voucher.reserved_until


def due_of(voucher: VoucherRow) -> datetime | None:
    """When time next does something to it, as it was last written."""
    match voucher.state:
        case "pending":
            return voucher.expires if voucher.awaits_visit else voucher.ready
        case "ready":
            return voucher.expires
        case "reserved":
            return voucher.reserved_until
    return None


def used_at(voucher: VoucherRow) -> datetime | None:
    """When it was used; for a revealed one the end of its countdown."""
    return voucher.redeemed or (voucher.reserved_until if voucher.state == "reserved" else None)


def count_ending(merchant_id: UUID) -> int:
    """How many vouchers can be used, or soon can be, and have an end."""
    sql = f"SELECT count(*) FROM voucher WHERE merchant_id = %s AND {IS_OPEN} AND expires IS NOT NULL"
    with merchant_reads(merchant_id) as tx:
        return tx.value(int, sql, (merchant_id,)) or 0
