"""The code of a voucher that the till takes: the reward's, the same for all, or one of its own from a pool.

One of its own it gets as the pool says: with the voucher, or as it is shown. Either way nobody sees it before it is
shown, so one that was never shown can go to another voucher. Once shown it stays the voucher's: whoever has two codes
of one reward could use both. Only where it is no good any more the voucher gets another one, when it is shown again.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.events.actors import CUSTOMER, Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import RewardTerms, terms_of
from stampwell.redeem_codes.handing_out import GivenCode, held_code, leave_it, return_code, take_away, take_code
from stampwell.redeem_codes.pools import has_fallback
from stampwell.redeem_codes.rows import read_pool
from stampwell.transactions import Statements
from stampwell.vouchers.code_queues import Place, only_place, others_come_first
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.refusals import WhereNeeded
from stampwell.vouchers.rows import VoucherRow

_WAIT = "UPDATE voucher SET waits_since = %s WHERE merchant_id = %s AND id = %s AND waits_since IS NULL"


class HandedOutCodeFacts(msgspec.Struct, frozen=True):
    """Which one it is, without the code itself. The code for when none is left is nobody's own, so it has no id."""

    id: str | None
    pool_id: str
    location_id: str | None
    is_fallback: bool = False


class HandedOutEvent(msgspec.Struct, frozen=True):
    voucher: VoucherFacts
    pool_code: HandedOutCodeFacts


class AwaitedCodeEvent(msgspec.Struct, frozen=True):
    voucher: VoucherFacts
    pool_id: str


class CodeToShow(msgspec.Struct, frozen=True):
    """`is_own` says that no other voucher is shown it."""

    code: str
    is_own: bool


def code_to_show(
    tx: Statements,
    merchant: Merchant,
    voucher: VoucherRow,
    reward: RewardTerms,
    at: datetime,
    *,
    location_id: UUID | None = None,
) -> CodeToShow | None:
    """The code to show from now on, of a voucher that the caller has locked; None where none is left. Then the voucher
    waits for the next one. `location_id` is where the customer says to be.

    Refuses: WhereNeeded.
    """
    if reward.pool_id is None:
        if reward.code_by_location and location_id is None:
            location_id = only_place(tx, merchant, reward.location_ids)
            if location_id is None:
                raise WhereNeeded
        return CodeToShow(reward.code_at(location_id), is_own=False)
    if held := keep_good_code(tx, voucher, at=at):
        return CodeToShow(held.code, is_own=True)
    if given := _give_in_turn(tx, merchant, voucher, reward.pool_id, reward, at=at, actor=CUSTOMER):
        return CodeToShow(given.code, is_own=True)
    if fallback := read_pool(tx, reward.pool_id).fallback_code:
        told = HandedOutCodeFacts(None, public_id("cdp", reward.pool_id), None, is_fallback=True)
        _record(tx, voucher, told, at=at, actor=CUSTOMER)
        return CodeToShow(fallback, is_own=False)
    _wait(tx, voucher, reward.pool_id, at=at, actor=CUSTOMER)
    return None


def code_shown(tx: Statements, voucher: VoucherRow, reward: RewardTerms) -> str:
    """The code that a voucher shows, which the caller has locked; also where it would be another code by now."""
    if voucher.shown_code is not None:
        return voucher.shown_code
    if reward.pool_id is None:  # a release of before has shown it, and did not write down which one
        return reward.redeem_code
    held = held_code(tx, voucher.id)
    return held.code if held else read_pool(tx, reward.pool_id).fallback_code


def waits_for_code(merchant_id: UUID, voucher: VoucherRow, reward: RewardTerms) -> bool:
    """Whether it has nothing to show until new codes come, as page and pass say; a code for when none is left is
    something. Nothing is asked of one that does not stand in the queue.
    """
    return (
        voucher.waits_since is not None and reward.pool_id is not None and not has_fallback(merchant_id, reward.pool_id)
    )


def give_code_with(
    tx: Statements, merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, *, at: datetime, actor: Actor
) -> None:
    """Its code, where the pool hands it out together with the voucher, which the caller has just written. Where none is
    left it waits for the next one.
    """
    if reward.pool_id is None or read_pool(tx, reward.pool_id).handed_out != "issue":
        return
    if not _give_in_turn(tx, merchant, voucher, reward.pool_id, reward, at=at, actor=actor):
        _wait(tx, voucher, reward.pool_id, at=at, actor=actor)


def give_code_again(
    tx: Statements, merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, *, at: datetime, actor: Actor
) -> None:
    """As with a new one, to a voucher that was over, which the caller has locked: its code went to another one. A code
    that somebody may have seen it has kept.
    """
    if not keep_good_code(tx, voucher, at=at):
        give_code_with(tx, merchant, voucher, reward, at=at, actor=actor)


def keep_good_code(tx: Statements, voucher: VoucherRow, *, at: datetime) -> GivenCode | None:
    """The code that the voucher has of its own, which the caller has locked. One that is no good any more is taken away
    from it, so that it can get another one.
    """
    held = held_code(tx, voucher.id)
    if held and held.is_over:
        take_away(tx, held, at=at)
        return None
    return held


def exchange_shown_code(
    tx: Statements, merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, *, at: datetime, actor: Actor
) -> None:
    """Of a voucher that is being shown, which the caller has locked: one that is no good any more becomes another one.
    Where none is left it stays, for the customer is looking at it.
    """
    held = held_code(tx, voucher.id)
    if reward.pool_id is None or held is None or not held.is_over:
        return
    take_away(tx, held, at=at)
    if not _give_in_turn(tx, merchant, voucher, reward.pool_id, reward, at=at, actor=actor):
        leave_it(tx, held)


def give_code(
    tx: Statements, merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, *, at: datetime, actor: Actor
) -> bool:
    """Whether there was one for this voucher, which the caller has locked and which has none."""
    if reward.pool_id is None:
        return False
    place = only_place(tx, merchant, reward.location_ids)
    return _give(tx, voucher, reward.pool_id, place, at=at, actor=actor) is not None


def return_unseen_code(tx: Statements, voucher: VoucherRow) -> None:
    """The code of a voucher that is over can go to another one, unless somebody may have seen it."""
    pool_id = terms_of(tx.merchant_id, voucher.version_id).reward(voucher.reward_id).pool_id
    if pool_id and voucher.revealed is None and voucher.reversals == 0:
        return_code(tx, voucher.id)


def _give_in_turn(
    tx: Statements,
    merchant: Merchant,
    voucher: VoucherRow,
    pool_id: UUID,
    reward: RewardTerms,
    *,
    at: datetime,
    actor: Actor,
) -> GivenCode | None:
    """None also where all that are left are for vouchers that began to wait before this one."""
    place = only_place(tx, merchant, reward.location_ids)
    if others_come_first(tx, merchant, pool_id, voucher.id, place):
        return None
    return _give(tx, voucher, pool_id, place, at=at, actor=actor)


def _give(
    tx: Statements, voucher: VoucherRow, pool_id: UUID, place: Place, *, at: datetime, actor: Actor
) -> GivenCode | None:
    given = take_code(tx, pool_id, voucher_id=voucher.id, location_id=place, at=at)
    if given is None:
        return None
    told = HandedOutCodeFacts(
        id=public_id("cde", given.id),
        pool_id=public_id("cdp", given.pool_id),
        location_id=public_id("loc", given.location_id) if given.location_id else None,
    )
    _record(tx, voucher, told, at=at, actor=actor)
    return given


def _wait(tx: Statements, voucher: VoucherRow, pool_id: UUID, *, at: datetime, actor: Actor) -> None:
    """Told as it begins, so that phones say it too; one that waits already is told no more."""
    if voucher.waits_since is not None:
        return
    tx.write(_WAIT, (at, tx.merchant_id, voucher.id))
    data = AwaitedCodeEvent(describe_voucher(tx, voucher, at=at), public_id("cdp", pool_id))
    record(tx, "code.awaited", data, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)


def _record(tx: Statements, voucher: VoucherRow, told: HandedOutCodeFacts, *, at: datetime, actor: Actor) -> None:
    data = HandedOutEvent(describe_voucher(tx, voucher, at=at), told)
    record(tx, "code.handed_out", data, at=at, actor=actor, card_id=voucher.card_id, voucher_id=voucher.id)
