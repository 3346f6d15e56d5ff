"""What is left of a list of codes, and for how long. Nothing here grows with the age of the shop: free codes are
counted by an index that holds nothing else, hand-outs of the last weeks by their day, and batches hold their own sums.

Left is what a voucher may get: codes that were made here are left once the till has them. What its job has not
withdrawn yet of a batch that was withdrawn counts as withdrawn. What was withdrawn says nothing of how many will be
handed out: its voucher got another one, which is counted.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.redeem_codes.free_codes import FREE_CODES, IS_HANDED_OUT
from stampwell.redeem_codes.rows import PoolRow
from stampwell.transactions import Statements

LOOKED_BACK = timedelta(days=28)
LEAST_DAYS = 3  # what was handed out within fewer days says nothing of those to come
_FREE = f"""
    SELECT b.pool_id, b.location_id, {IS_HANDED_OUT} AS is_handed_out, b.revoked IS NOT NULL AS is_withdrawn,
        count(*) AS codes
    FROM {FREE_CODES} WHERE b.merchant_id = %(merchant)s AND b.pool_id = ANY(%(pools)s) GROUP BY 1, 2, 3, 4
"""
_LATELY = """
    SELECT pool_id, count(*) AS codes, min(given) AS first FROM pool_code
    WHERE merchant_id = %(merchant)s AND pool_id = ANY(%(pools)s) AND given > %(since)s AND withdrawn IS NULL
    GROUP BY pool_id
"""
_SUMS = """
    SELECT pool_id, coalesce(sum(codes), 0)::bigint AS codes, coalesce(sum(withdrawn), 0)::bigint AS withdrawn,
        coalesce(sum(leaked), 0)::bigint AS leaked
    FROM code_batch WHERE merchant_id = %(merchant)s AND pool_id = ANY(%(pools)s) GROUP BY pool_id
"""


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """`total` were ever added; `held` of them wait for the till, and `leaked` were used there before anybody had seen
    them. Those that are neither free nor held nor leaked nor withdrawn were handed out. `by_location` are the free ones
    whose till is the only one to know them; `anywhere` the others. `lately` were handed out in the last 28 days, over
    `days` of them.
    """

    free: int = 0
    anywhere: int = 0
    by_location: dict[UUID, int] = {}
    total: int = 0
    held: int = 0
    withdrawn: int = 0
    leaked: int = 0
    lately: int = 0
    days: int = 0

    @property
    def handed_out(self) -> int:
        return self.total - self.free - self.held - self.withdrawn - self.leaked

    @property
    def days_left(self) -> int | None:
        """At the pace of the last four weeks; None where nobody can tell yet."""
        if self.lately == 0 or self.days < LEAST_DAYS:
            return None
        return self.free * self.days // self.lately

    def is_low(self, pool: PoolRow) -> bool:
        """A list that was never filled is new, not low; so is one whose till has none of its codes yet."""
        return self.total > self.held and self.free <= pool.low_at


class _Free(msgspec.Struct, frozen=True):
    pool_id: UUID
    location_id: UUID | None
    is_handed_out: bool
    is_withdrawn: bool
    codes: int


class _Lately(msgspec.Struct, frozen=True):
    pool_id: UUID
    codes: int
    first: datetime | None


class _Sums(msgspec.Struct, frozen=True):
    pool_id: UUID
    codes: int
    withdrawn: int
    leaked: int


def stock_of(tx: Statements, pools: Sequence[PoolRow], *, at: datetime) -> dict[UUID, Stock]:
    """Of each of them, in as many questions as for one."""
    facts = {"merchant": tx.merchant_id, "pools": [pool.id for pool in pools], "since": at - LOOKED_BACK}
    free, lately, sums = tx.later(_Free, _FREE, facts), tx.later(_Lately, _LATELY, facts), tx.later(_Sums, _SUMS, facts)
    places, held, going = defaultdict[UUID, dict[UUID | None, int]](dict), Counter[UUID](), Counter[UUID]()
    for one in free.rows():
        if one.is_handed_out:
            places[one.pool_id][one.location_id] = one.codes
        elif one.is_withdrawn:
            going[one.pool_id] += one.codes
        else:
            held[one.pool_id] += one.codes
    recent = {one.pool_id: one for one in lately.rows()}
    totals = {one.pool_id: one for one in sums.rows()}
    return {
        id: _stock(places[id], recent.get(id), totals.get(id), held=held[id], going=going[id], at=at)
        for id in (pool.id for pool in pools)
    }


def _stock(
    free: dict[UUID | None, int], lately: _Lately | None, sums: _Sums | None, *, held: int, going: int, at: datetime
) -> Stock:
    return Stock(
        free=sum(free.values()),
        anywhere=free.get(None, 0),
        by_location={place: count for place, count in free.items() if place is not None},
        total=sums.codes if sums else 0,
        held=held,
        withdrawn=going + (sums.withdrawn if sums else 0),
        leaked=sums.leaked if sums else 0,
        lately=lately.codes if lately else 0,
        days=min((at - lately.first).days + 1, LOOKED_BACK.days) if lately and lately.first else 0,
    )
