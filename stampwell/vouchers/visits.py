"""Vouchers that wait for the next visit of their customer: a stamp for a purchase on a later day makes them ready."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from stampwell.events.actors import PURCHASES, Actor
from stampwell.events.recording import record
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.lasting import ends_at
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements
from stampwell.vouchers.describing import describe_voucher
from stampwell.vouchers.ending import remind_of
from stampwell.vouchers.issuing import VoucherEvent
from stampwell.vouchers.rows import VoucherRow, due_of, lock_voucher, state_at

_MAKE_READY = """
    UPDATE voucher SET state = 'ready', awaits_visit = false, ready = %s, expires = %s, due = %s, remind = %s
    WHERE merchant_id = %s AND id = %s AND state = 'pending'
"""


def after_visit(
    tx: Statements,
    merchant: Merchant,
    vouchers: Sequence[VoucherRow],
    *,
    source: str,
    visited: datetime,
    at: datetime,
    actor: Actor,
) -> list[VoucherRow]:
    """A card's open vouchers after a stamp, which is a visit where its source says that it is for a purchase.

    The caller has locked the card. Where none waits for a visit nothing is asked.
    """
    if source not in PURCHASES:
        return list(vouchers)
    return [
        _after_visit(tx, merchant, voucher, at=at, actor=actor)
        if voucher.awaits_visit and voucher.ready <= visited
        else voucher
        for voucher in vouchers
    ]


def _after_visit(tx: Statements, merchant: Merchant, voucher: VoucherRow, *, at: datetime, actor: Actor) -> VoucherRow:
    voucher = lock_voucher(tx, voucher.id)  # its time may be up at this very moment
    if not voucher.awaits_visit or state_at(voucher, at) != "pending":
        return voucher
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    clocks = clocks_of(merchant, reward.location_ids, here=actor.location_id)
    # A fixed end that was extended since stays as it is.
    expires = ends_at(clocks, at, valid_days=reward.valid_days, valid_until=voucher.expires)
    ready = replace(voucher, state="ready", awaits_visit=False, ready=at, expires=expires)
    tx.write(_MAKE_READY, (at, expires, due_of(ready), remind_of(merchant, ready, at), tx.merchant_id, voucher.id))
    data = VoucherEvent(describe_voucher(tx, ready, at=at))
    record(tx, "voucher.ready", data, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
    return ready
