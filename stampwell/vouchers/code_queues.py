"""Who comes first where vouchers wait for the codes of a pool.

A code that the till of one location alone knows is for vouchers that are used there and nowhere else, and one that
every till knows is for all of them. So whoever waits for the codes of one location is in nobody's way at another, but
for the codes that both could get.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from stampwell.merchants.locations import places_that_count
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.free_codes import EVERYWHERE, free_of_place
from stampwell.transactions import Statements
from stampwell.vouchers.rows import IS_OPEN

_OPEN_LOCATIONS = "SELECT id FROM location WHERE merchant_id = %s AND closed IS NULL ORDER BY id LIMIT 2"
MOST = 1_000  # free codes that are counted: where more than so many wait, whoever comes waits behind them
# Before one that does not wait come all that do.
_WAITING_BEFORE = f"""
    SELECT r.location_ids, before.vouchers FROM reward r CROSS JOIN LATERAL (
        SELECT count(*) AS vouchers FROM (
            SELECT 1 FROM voucher v
            WHERE v.merchant_id = r.merchant_id AND v.reward_id = r.id AND v.waits_since IS NOT NULL AND v.{IS_OPEN}
                AND (v.waits_since, v.id) < (
                    SELECT coalesce(one.waits_since, 'infinity'), one.id FROM voucher one
                    WHERE one.merchant_id = %(merchant)s AND one.id = %(voucher)s
                )
            LIMIT %(most)s
        ) counted
    ) before
    WHERE r.merchant_id = %(merchant)s AND r.pool_id = %(pool)s AND before.vouchers > 0
"""
_FREE = f"""
    SELECT place.id AS location_id, (
        SELECT count(*) FROM (
            SELECT 1 FROM {free_of_place("1", place="coalesce(place.id, %(everywhere)s)", behind="OFFSET 0")}
            LIMIT %(most)s
        ) counted
    ) AS codes
    FROM unnest(%(places)s::uuid[]) AS place (id)
"""

type Place = UUID | None  # the only location; None for codes that every till knows, and for vouchers that need one


class _Waiting(msgspec.Struct, frozen=True):
    location_ids: list[UUID]
    vouchers: int


class _Free(msgspec.Struct, frozen=True):
    location_id: UUID | None
    codes: int


def only_place(tx: Statements, merchant: Merchant, location_ids: Sequence[UUID]) -> Place:
    """Where a reward of these locations is used, as long as that is one place: only then a code that no other till
    knows will do.
    """
    return only_places(tx, merchant, [location_ids])[0]


def only_places(tx: Statements, merchant: Merchant, rewards: Sequence[Sequence[UUID]]) -> list[Place]:
    """Of each of these rewards, in their order."""
    places = [places_that_count(merchant, list(location_ids)) for location_ids in rewards]
    everywhere = [] if all(places) else tx.values(UUID, _OPEN_LOCATIONS, (tx.merchant_id,))
    return [some[0] if len(some := own or everywhere) == 1 else None for own in places]


def free_codes(tx: Statements, pool_id: UUID, places: Collection[Place], *, most: int) -> dict[Place, int]:
    """How many are free that the tills of these places alone know; None stands for those that every till knows. No more
    than `most` are counted of each.
    """
    facts = {"merchant": tx.merchant_id, "pool": pool_id, "places": list(places), "most": most}
    facts |= {"everywhere": EVERYWHERE}
    return {one.location_id: one.codes for one in tx.rows(_Free, _FREE, facts)}


def others_come_first(tx: Statements, merchant: Merchant, pool_id: UUID, voucher_id: UUID, place: Place) -> bool:
    """Whether somebody waits, and all codes that this voucher could get are for those that began to wait before it.

    However many wait, no more of them are counted than matter for the codes that are free.
    """
    facts = {"merchant": tx.merchant_id, "pool": pool_id, "voucher": voucher_id}
    if not (waiting := tx.rows(_Waiting, _WAITING_BEFORE, facts | {"most": 1})):
        return False
    places = only_places(tx, merchant, [one.location_ids for one in waiting])
    free = free_codes(tx, pool_id, {None, place, *places}, most=MOST)
    if not free[None] and not free[place]:
        return True
    # One more than could be for all of them is as good as any number.
    waiting = tx.rows(_Waiting, _WAITING_BEFORE, facts | {"most": free[None] + max(free.values()) + 1})
    before = Counter[Place]()
    for one, there in zip(waiting, only_places(tx, merchant, [one.location_ids for one in waiting]), strict=True):
        before[there] += one.vouchers
    for_all = free[None] - before[None]
    for_all -= sum(max(0, count - free[there]) for there, count in before.items() if there is not None)
    own = free[place] - before[place] if place is not None else 0
    return own <= 0 and for_all <= 0
