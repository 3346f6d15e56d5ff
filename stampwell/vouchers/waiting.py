"""Vouchers for which no code was left: they get the next ones, in the order in which they began to wait.

Whoever comes after them takes a code only where more are free than vouchers wait for them (`code_queues`).
"""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import CLOCK
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.free_codes import FREE_CODES, IS_HANDED_OUT
from stampwell.transactions import Statements, columns_of, merchant_transaction, merchants_where
from stampwell.vouchers.code_queues import Place, free_codes, only_places
from stampwell.vouchers.rows import IS_OPEN, OPEN, VoucherRow, state_at
from stampwell.vouchers.till_codes import give_code, keep_good_code

AT_ONCE = 200  # of each pool
# Those with vouchers that are over, which need no code, or with a free code in a pool for which some wait; whether it
# is one for their location is seen then.
_MERCHANTS = f"""
    SELECT r.merchant_id
    FROM (SELECT DISTINCT v.merchant_id, v.reward_id FROM voucher v WHERE v.waits_since IS NOT NULL) v
    JOIN reward r ON (r.merchant_id, r.id) = (v.merchant_id, v.reward_id)
    WHERE EXISTS (
        SELECT 1 FROM {FREE_CODES} WHERE b.merchant_id = r.merchant_id AND b.pool_id = r.pool_id AND {IS_HANDED_OUT}
    )
    UNION SELECT v.merchant_id FROM voucher v WHERE v.waits_since IS NOT NULL AND NOT v.{IS_OPEN}
"""
_OVER = f"""
    SELECT v.id FROM voucher v WHERE v.merchant_id = %s AND v.waits_since IS NOT NULL AND NOT v.{IS_OPEN}
    ORDER BY v.id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_REWARDS = """
    SELECT r.id, p.id AS pool_id, r.location_ids
    FROM reward r JOIN code_pool p ON (p.merchant_id, p.id) = (r.merchant_id, r.pool_id)
    WHERE r.merchant_id = %s AND EXISTS (
        SELECT 1 FROM voucher v
        WHERE (v.merchant_id, v.reward_id) = (r.merchant_id, r.id) AND v.waits_since IS NOT NULL
    ) ORDER BY p.id, r.id
"""
# Of each reward as many as of all of them, so that none of those that only wait is sorted.
_LONGEST = f"""
    SELECT {columns_of(VoucherRow, "v")} FROM voucher v
    WHERE v.merchant_id = %(merchant)s AND v.waits_since IS NOT NULL AND v.id IN (
        SELECT one.id FROM unnest(%(rewards)s::uuid[]) AS reward (id) CROSS JOIN LATERAL (
            SELECT w.id, w.waits_since FROM voucher w
            WHERE w.merchant_id = %(merchant)s AND w.reward_id = reward.id AND w.waits_since IS NOT NULL
            ORDER BY w.waits_since, w.id LIMIT %(most)s
        ) one ORDER BY one.waits_since, one.id LIMIT %(most)s
    ) ORDER BY v.waits_since, v.id FOR UPDATE SKIP LOCKED
"""
_WAITS_NO_MORE = "UPDATE voucher SET waits_since = NULL WHERE merchant_id = %s AND id = ANY(%s)"


class _Reward(msgspec.Struct, frozen=True):
    id: UUID
    pool_id: UUID
    location_ids: list[UUID]


def merchants_with_waiting_vouchers() -> list[UUID]:
    return merchants_where(_MERCHANTS, ())


def hand_out_to_waiting(merchant_id: UUID) -> None:
    """Each of those that wait longest for a pool gets a code, as far as there are any for their locations; one that
    somebody holds comes next time.
    """
    merchant, at = Merchant.objects.get(id=merchant_id), now()
    with merchant_transaction(merchant_id) as tx:
        tx.write(_WAITS_NO_MORE, (merchant_id, tx.values(UUID, _OVER, (merchant_id, AT_ONCE))))
        rewards = tx.rows(_Reward, _REWARDS, (merchant_id,))
        places = only_places(tx, merchant, [reward.location_ids for reward in rewards])
    waiting = defaultdict[UUID, dict[UUID, Place]](dict)
    for reward, place in zip(rewards, places, strict=True):
        waiting[reward.pool_id][reward.id] = place
    for pool_id, place_of in waiting.items():
        with merchant_transaction(merchant_id) as tx:
            _serve(tx, merchant, pool_id, place_of, at=at)


def _serve(tx: Statements, merchant: Merchant, pool_id: UUID, place_of: dict[UUID, Place], *, at: datetime) -> None:
    """Only those for whose place a code is free: however many wait at another, they hold nobody up."""
    free = free_codes(tx, pool_id, {None, *place_of.values()}, most=1)
    rewards = [id for id, place in place_of.items() if free[None] or free[place]]
    facts = {"merchant": merchant.id, "rewards": rewards, "most": AT_ONCE}
    waiting = tx.rows(VoucherRow, _LONGEST, facts) if rewards else []
    done = [voucher.id for voucher in waiting if _is_settled(tx, merchant, voucher, at)]
    if done:
        tx.write(_WAITS_NO_MORE, (merchant.id, done))


def _is_settled(tx: Statements, merchant: Merchant, voucher: VoucherRow, at: datetime) -> bool:
    """Also one that has expired or was used without a code meanwhile, or has got one."""
    if state_at(voucher, at) not in OPEN or keep_good_code(tx, voucher, at=at):
        return True
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    return give_code(tx, merchant, voucher, reward, at=at, actor=CLOCK)
