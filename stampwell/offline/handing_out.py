"""Rewards handed out without a network, where the owner allows it: the first scan that comes uses the voucher.

Staff said which reward they handed out; that of the voucher nobody could know there. What is no longer true when the
scan comes is a refusal like any other, and the owner decides. docs/rules/offline.md
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.ids import private_id, public_id
from stampwell.merchants.models import Merchant
from stampwell.merchants.offline_rewards import offline_rewards_of
from stampwell.offline.refusals import AnotherReward, NoManagerAgreed, OfflineRewardsOff, RewardCostsMore
from stampwell.offline.rows import KeptScanRow
from stampwell.programs.describing import as_given
from stampwell.programs.low_cost import NamedReward, costs_little, is_the_same, named_rewards
from stampwell.programs.models import Program
from stampwell.programs.terms import terms_of
from stampwell.refusal import Refusal
from stampwell.transactions import Statements, merchant_reads
from stampwell.vouchers.describing import RewardFacts
from stampwell.vouchers.redeeming import Redeemed, use_voucher_later, write_redemption
from stampwell.vouchers.rows import VoucherRow, held_by_nobody, lock_voucher, read_voucher, state_at


class HandedOut(msgspec.Struct, frozen=True):
    """The voucher whose code was scanned, and the reward that was handed out for it by the word of whoever did it; that
    of the voucher where they named none of this shop. `is_its_own` says whether it is the voucher's.
    """

    voucher: VoucherRow
    reward: NamedReward
    is_its_own: bool


def read_handed_out(merchant: Merchant, voucher_id: UUID, said: str) -> HandedOut:
    with merchant_reads(merchant.id) as tx:
        voucher = read_voucher(tx, voucher_id)
    reward_id = private_id("rwd", said)
    named = named_rewards(merchant.id, [reward_id]).get(reward_id) if reward_id else None
    its_own = _reward_of(merchant.id, voucher)
    return HandedOut(voucher, named or its_own, is_its_own=named is not None and is_the_same(named, its_own))


def use_what_was_handed_out(
    tx: Statements, merchant: Merchant, handed: HandedOut, *, actor: Actor, happened: datetime
) -> Redeemed:
    """Refuses: OfflineRewardsOff, RewardCostsMore, AnotherReward, NoManagerAgreed, and as `use_voucher` does."""
    voucher = lock_voucher(tx, handed.voucher.id)
    if refusal := _why_not_allowed(merchant, handed):
        raise refusal
    return use_voucher_later(tx, merchant, voucher, actor=actor, happened=happened)


def use_as_decided(tx: Statements, merchant: Merchant, scan: KeptScanRow, *, actor: Actor) -> Redeemed | None:
    """The owner takes it as handed out, whatever the limits: a voucher that is still unused, and was not over then, is
    used. None where it is another one, was over or not issued then, was used already, is held by a till now, or is
    withdrawn: the reward went out without a voucher.
    """
    assert scan.voucher_id is not None, "a reward is handed out for a voucher"
    voucher = lock_voucher(tx, scan.voucher_id)
    is_free = state_at(voucher, now()) not in ("redeemed", "reserved", "void")
    was_open = state_at(held_by_nobody(voucher), scan.happened_at) in ("pending", "ready")
    said = rewards_said(merchant.id, [scan]).get(scan.id)
    if not (is_free and was_open and said and is_the_same(said, _reward_of(merchant.id, voucher))):
        return None
    happened = max(scan.happened_at, voucher.issued)
    return write_redemption(tx, voucher, path="staff_scan", actor=actor, at=happened, told_at=now())


def rewards_said(merchant_id: UUID, scans: Sequence[KeptScanRow]) -> dict[UUID, NamedReward]:
    """What was handed out, by the ids of the scans. Those of cards are not there."""
    named = named_rewards(merchant_id, {scan.reward_id for scan in scans if scan.reward_id})
    return {scan.id: named[scan.reward_id] for scan in scans if scan.reward_id in named}


def describe_named(named: NamedReward) -> RewardFacts:
    reward, terms = named.reward, named.terms
    return RewardFacts(public_id("rwd", reward.id), as_given(reward.name, terms.locale), reward.path)


def _reward_of(merchant_id: UUID, voucher: VoucherRow) -> NamedReward:
    terms = terms_of(merchant_id, voucher.version_id)
    return NamedReward(terms.reward(voucher.reward_id), terms)


def _why_not_allowed(merchant: Merchant, handed: HandedOut) -> Refusal | None:
    if offline_rewards_of(merchant).up_to is None:
        return OfflineRewardsOff()
    if not handed.is_its_own:
        return AnotherReward()
    if _reward_of(merchant.id, handed.voucher).reward.needs_manager:
        return NoManagerAgreed()
    program = Program.objects.get(merchant=merchant, id=handed.voucher.program_id)
    return None if costs_little(merchant, program) else RewardCostsMore()
