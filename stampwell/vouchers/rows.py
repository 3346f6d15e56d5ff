"""Where a voucher stands: what was last written about it, moved on by the time that has passed since."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.transactions import columns_of

OPEN = ("pending", "ready", "reserved")
USABLE = ("ready", "reserved")  # while it is being used at the till it is still one that can be used
IS_OPEN = f"state IN {OPEN}"  # a tuple of texts is written in Python as in SQL


class VoucherRow(msgspec.Struct, frozen=True):
    id: UUID
    card_id: UUID
    program_id: UUID
    reward_id: UUID
    version_id: UUID
    state: str
    issued: datetime
    ready: datetime
    expires: datetime | None
    revealed: datetime | None
    reserved_until: datetime | None
    redeemed: datetime | None
    reversals: int


COLUMNS = columns_of(VoucherRow)


class RedemptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """`reversal_no` counts how often the voucher had been given back before."""

    id: UUID
    voucher_id: UUID
    reversal_no: int
    at: datetime
    path: str
    source: str
    location_id: UUID | None
    station_id: UUID | None
    staff_member_id: UUID | None
    api_key_id: UUID | None
    receipt_id: str | None


class ReversalRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    redemption_id: UUID
    at: datetime
    reason: str
    station_id: UUID | None
    staff_member_id: UUID | None
    api_key_id: UUID | None


def state_at(voucher: VoucherRow, moment: datetime) -> str:
    """pending, ready, reserved, redeemed, expired or void.

    A revealed voucher is reserved for its countdown and used when that ends, whether or not anybody was
    there to write it down.
    """
    if voucher.state in ("redeemed", "void"):
        return voucher.state
    if voucher.state == "reserved" and voucher.reserved_until:
        return "reserved" if moment < voucher.reserved_until else "redeemed"
    if voucher.expires and voucher.expires <= moment:
        return "expired"
    return "pending" if moment < voucher.ready else "ready"


def due_of(voucher: VoucherRow) -> datetime | None:
    """When time next does something to it, as it was last written."""
    match voucher.state:
        case "pending":
            return voucher.ready
        case "ready":
            return voucher.expires
        case "reserved":
            return voucher.reserved_until
    return None


def used_at(voucher: VoucherRow) -> datetime | None:
    """When it was used; for a revealed one the end of its countdown."""
    return voucher.redeemed or (voucher.reserved_until if voucher.state == "reserved" else None)
