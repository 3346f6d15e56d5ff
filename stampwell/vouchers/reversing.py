"""Taking a redemption back."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import ReversalFacts, VoucherFacts, describe_voucher
from stampwell.vouchers.redeeming import lock_voucher
from stampwell.vouchers.refusals import RedemptionAlreadyReversed
from stampwell.vouchers.rows import VoucherRow, due_of


class Reversed(msgspec.Struct, frozen=True):
    reversal: ReversalFacts
    voucher: VoucherFacts


class _RedemptionRow(msgspec.Struct, frozen=True):
    id: UUID
    voucher_id: UUID
    reversal_no: int
    at: datetime


def reverse_redemption(merchant: Merchant, redemption_id: UUID, *, reason: str, actor: Actor) -> Reversed:
    """Gives the voucher back with the validity that it had left when it was used.

    Refuses: NotFound, RedemptionAlreadyReversed.
    """
    with merchant_transaction(merchant.id) as tx:
        redemption = tx.row(
            _RedemptionRow,
            "SELECT id, voucher_id, reversal_no, at FROM redemption WHERE merchant_id = %s AND id = %s",
            (merchant.id, redemption_id),
        )
        if redemption is None:
            raise NotFound
        voucher = lock_voucher(tx, redemption.voucher_id)
        at = now()
        if voucher.reversals != redemption.reversal_no:
            raise RedemptionAlreadyReversed(when=_reversed_at(tx, redemption_id))
        return _write_reversal(tx, redemption, voucher, reason=reason, actor=actor, at=at)


def _reversed_at(tx: Statements, redemption_id: UUID) -> datetime:
    sql = "SELECT at FROM reversal WHERE merchant_id = %s AND redemption_id = %s"
    at = tx.value(datetime, sql, (tx.merchant_id, redemption_id))
    assert at is not None, "a voucher's reversals are counted from its reversal rows"
    return at


def _write_reversal(
    tx: Statements,
    redemption: _RedemptionRow,
    voucher: VoucherRow,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Reversed:
    back = msgspec.structs.replace(
        voucher,
        state="ready",
        redeemed=None,
        revealed=None,
        reserved_until=None,
        expires=voucher.expires + (at - redemption.at) if voucher.expires else None,
        reversals=voucher.reversals + 1,
    )
    reversal_id = new_id()
    tx.write(
        "UPDATE voucher SET state = 'ready', redeemed = NULL, revealed = NULL, reserved_until = NULL,"
        " expires = %s, due = %s, reversals = %s WHERE merchant_id = %s AND id = %s AND reversals = %s",
        (back.expires, due_of(back), back.reversals, tx.merchant_id, voucher.id, voucher.reversals),
    )
    tx.write(
        "INSERT INTO reversal (merchant_id, id, redemption_id, at, reason, station_id, staff_member_id, api_key_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            tx.merchant_id,
            reversal_id,
            redemption.id,
            at,
            reason,
            actor.station_id,
            actor.staff_member_id,
            actor.api_key_id,
        ),
    )
    facts = ReversalFacts(
        id=public_id("rvs", reversal_id),
        redemption_id=public_id("rdm", redemption.id),
        voucher_id=public_id("vch", voucher.id),
        at=at,
        reason=reason,
    )
    result = Reversed(facts, describe_voucher(tx, back, at=at))
    record(
        tx,
        "voucher.reversed",
        result,
        at=at,
        actor=actor,
        card_id=voucher.card_id,
        voucher_id=voucher.id,
    )
    return result
