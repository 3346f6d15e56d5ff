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
from stampwell.redeem_codes.free_codes import FREE_CODES, IS_HANDED_OUT
from stampwell.transactions import Statements
from stampwell.vouchers.rows import IS_OPEN

_OPEN_LOCATIONS = "SELECT id FROM location WHERE merchant_id = %s AND closed IS NULL ORDER BY id LIMIT 2"
# Before one that does not wait come all that do.
_WAITING_BEFORE = f"""
    SELECT r.location_ids, count(*) AS vouchers
    FROM reward r JOIN voucher v ON (v.merchant_id, v.reward_id) = (r.merchant_id, r.id)
    WHERE r.merchant_id = %(merchant)s AND r.pool_id = %(pool)s AND v.waits_since IS NOT NULL AND v.{IS_OPEN}
        AND (v.waits_since, v.id) < (
            SELECT coalesce(one.waits_since, 'infinity'), one.id FROM voucher one
            WHERE one.merchant_id = %(merchant)s AND one.id = %(voucher)s
        )
    GROUP BY r.location_ids
"""
_FREE = f"""
    SELECT place.id AS location_id, (
        SELECT count(*) FROM (
            SELECT 1 FROM {FREE_CODES}
            WHERE b.merchant_id = %(merchant)s AND b.pool_id = %(pool)s AND {IS_HANDED_OUT}
                AND b.location_id IS NOT DISTINCT FROM place.id
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
    places = places_that_count(merchant, list(location_ids)) or tx.values(UUID, _OPEN_LOCATIONS, (tx.merchant_id,))
    return places[0] if len(places) == 1 else None


def free_codes(tx: Statements, pool_id: UUID, places: Collection[Place], *, most: int) -> dict[Place, int]:
    """How many are free that the tills of these places alone know; None stands for those that every till knows. No more
    than `most` are counted of each.
    """
    facts = {"merchant": tx.merchant_id, "pool": pool_id, "places": list(places), "most": most}
    return {one.location_id: one.codes for one in tx.rows(_Free, _FREE, facts)}


def others_come_first(tx: Statements, merchant: Merchant, pool_id: UUID, voucher_id: UUID, place: Place) -> bool:
    """Whether all codes that this voucher could get are for those that began to wait before it."""
    facts = {"merchant": tx.merchant_id, "pool": pool_id, "voucher": voucher_id}
    before = Counter[Place]()
    for one in tx.rows(_Waiting, _WAITING_BEFORE, facts):
        before[only_place(tx, merchant, one.location_ids)] += one.vouchers
    if not before:
        return False
    free = free_codes(tx, pool_id, {None, place, *before}, most=before.total() + 1)
    for_all = free[None] - before[None]
    for_all -= sum(max(0, count - free[there]) for there, count in before.items() if there is not None)
    own = free[place] - before[place] if place is not None else 0
    return own <= 0 and for_all <= 0
