"""Giving a voucher, and withdrawing it."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.programs.terms import RewardTerms, Terms
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.links import voucher_code, voucher_token
from stampwell.vouchers.rows import VoucherRow, due_of


class VoucherEvent(msgspec.Struct, frozen=True):
    voucher: VoucherFacts


def issue_voucher(
    tx: Statements, terms: Terms, reward: RewardTerms, *, card_id: UUID, source: str, at: datetime, actor: Actor
) -> VoucherRow:
    """Gives `reward` to a card, in the caller's transaction. `source` is milestone or hand."""
    voucher = _new_voucher(terms, reward, card_id=card_id, at=at)
    tx.insert(
        "voucher",
        voucher,
        due=due_of(voucher),
        code_hash=secret_hash(voucher_code(voucher.id)),
        token_hash=secret_hash(voucher_token(voucher.id)),
        source=source,
    )
    data = VoucherEvent(describe_voucher(tx, voucher, at=at))
    record(tx, "voucher.issued", data, at=at, actor=actor, card_id=card_id, voucher_id=voucher.id)
    if voucher.state == "ready":
        record(tx, "voucher.ready", data, at=at, actor=actor, card_id=card_id, voucher_id=voucher.id)
    return voucher


def _new_voucher(terms: Terms, reward: RewardTerms, *, card_id: UUID, at: datetime) -> VoucherRow:
    ready = at + timedelta(seconds=reward.active_after_seconds)
    lasting = ready + timedelta(days=reward.valid_days) if reward.valid_days else None
    ends = [moment for moment in (lasting, reward.valid_until) if moment]
    return VoucherRow(
        id=new_id(),
        card_id=card_id,
        program_id=terms.program_id,
        reward_id=reward.id,
        version_id=terms.version_id,
        state="ready" if ready <= at else "pending",
        issued=at,
        ready=ready,
        expires=min(ends, default=None),
        revealed=None,
        reserved_until=None,
        redeemed=None,
        reversals=0,
    )


def void_voucher(tx: Statements, voucher: VoucherRow, *, at: datetime, actor: Actor) -> VoucherRow:
    """Withdraws a voucher that the caller has locked and found unused."""
    tx.write(
        "UPDATE voucher SET state = 'void' WHERE merchant_id = %s AND id = %s AND state = %s",
        (tx.merchant_id, voucher.id, voucher.state),
    )
    voucher = msgspec.structs.replace(voucher, state="void")
    data = VoucherEvent(describe_voucher(tx, voucher, at=at))
    record(tx, "voucher.voided", data, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
    return voucher
