"""Giving a voucher, and withdrawing it."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.draws.drawing import take_back_draw_of
from stampwell.events.actors import Actor
from stampwell.events.recording import EventType, record
from stampwell.languages.formatting import End
from stampwell.merchants.clocks import Clocks, clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.lasting import ends_at, ready_at
from stampwell.programs.refusals import NeverUsable
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements
from stampwell.vouchers.api_codes import new_api_codes
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.ending import remind_of
from stampwell.vouchers.links import voucher_code, voucher_token
from stampwell.vouchers.rows import VoucherRow, due_of
from stampwell.vouchers.till_codes import give_code_with, return_unseen_code


class VoucherEvent(msgspec.Struct, frozen=True):
    voucher: VoucherFacts


# What else has happened to a voucher at its birth.
_TOLD: dict[str, EventType] = {"ready": "voucher.ready", "expired": "voucher.expired"}


def issue_voucher(
    tx: Statements,
    merchant: Merchant,
    terms: Terms,
    reward: RewardTerms,
    *,
    card_id: UUID,
    issue: int,
    source: str,
    at: datetime,
    actor: Actor,
) -> VoucherRow:
    """Gives `reward` to a card, in the caller's transaction. `issue` is the card's, `source` is milestone or hand.

    Where the reward was over before it was earned, the voucher has expired from the beginning: it is never ready.
    """
    clocks = clocks_of(merchant, reward.location_ids, here=actor.location_id)
    voucher = new_voucher(clocks, terms, reward, card_id=card_id, issue=issue, at=at)
    if reward.redeem_code_kind == "api":
        voucher = msgspec.structs.replace(voucher, api_code=new_api_codes(tx, 1)[0])
    tx.insert(
        "voucher",
        voucher,
        due=due_of(voucher),
        remind=remind_of(merchant, voucher, at),
        code_hash=secret_hash(voucher_code(voucher.id, issue)),
        token_hash=secret_hash(voucher_token(voucher.id, issue)),
        source=source,
    )
    data = VoucherEvent(describe_voucher(tx, voucher, at=at))
    record(tx, "voucher.issued", data, at=at, actor=actor, card_id=card_id, voucher_id=voucher.id)
    if told := _TOLD.get(voucher.state):
        record(tx, told, data, at=at, actor=actor, card_id=card_id, voucher_id=voucher.id)
    if voucher.state != "expired":
        give_code_with(tx, merchant, voucher, reward, at=at, actor=actor)
    return voucher


def why_over(merchant: Merchant, reward: RewardTerms, at: datetime, *, actor: Actor) -> NeverUsable | None:
    """The refusal to raise where a voucher that is given now could not be used at any time."""
    clocks = clocks_of(merchant, reward.location_ids, here=actor.location_id)
    ready, expires = _span(clocks, reward, at)
    return NeverUsable(until=End(expires, clocks.zone_of(expires))) if expires and expires <= ready else None


def _span(clocks: Clocks, reward: RewardTerms, at: datetime) -> tuple[datetime, datetime | None]:
    """Where it waits for a visit its days are counted from there, so only a fixed end is known."""
    ready = ready_at(
        clocks,
        at,
        active_after_seconds=reward.active_after_seconds,
        active_from=reward.active_from,
        from_next_visit=reward.from_next_visit,
    )
    days = None if reward.from_next_visit else reward.valid_days
    return ready, ends_at(clocks, ready, valid_days=days, valid_until=reward.valid_until)


def new_voucher(
    clocks: Clocks, terms: Terms, reward: RewardTerms, *, card_id: UUID, issue: int, at: datetime
) -> VoucherRow:
    """As it is when it is given. Writes nothing."""
    ready, expires = _span(clocks, reward, at)
    is_over = expires is not None and expires <= ready
    return VoucherRow(
        id=new_id(),
        card_id=card_id,
        program_id=terms.program_id,
        reward_id=reward.id,
        version_id=terms.version_id,
        state="expired" if is_over else "ready" if ready <= at else "pending",
        issued=at,
        ready=ready,
        expires=expires,
        revealed=None,
        reserved_until=None,
        redeemed=None,
        reversals=0,
        issue=issue,
        awaits_visit=reward.from_next_visit and not is_over,
    )


def void_voucher(tx: Statements, voucher: VoucherRow, *, at: datetime, actor: Actor) -> VoucherRow:
    """Withdraws a voucher that the caller has locked and found unused. A prize is among the others again."""
    tx.write(
        "UPDATE voucher SET state = 'void' WHERE merchant_id = %s AND id = %s AND state = %s",
        (tx.merchant_id, voucher.id, voucher.state),
    )
    return_unseen_code(tx, voucher)
    if terms_of(tx.merchant_id, voucher.version_id).is_prize(voucher.reward_id):
        take_back_draw_of(tx, voucher.program_id, voucher.id)
    voucher = msgspec.structs.replace(voucher, state="void")
    data = VoucherEvent(describe_voucher(tx, voucher, at=at))
    record(tx, "voucher.voided", data, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
    return voucher
