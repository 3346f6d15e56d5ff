"""Which deliveries are due, and who sends them: leased for a while, so that nobody else does meanwhile.

There are two lanes, each with threads of its own. An address that fails or is slow goes by the slow one, with one
delivery at a time: however many such there are, they keep nobody else waiting.
"""

import random
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.outgoing import RetryPlan
from stampwell.transactions import Statements, columns_of, merchant_transaction, merchants_where
from stampwell.webhooks.bodies import NoBody, bodies_of
from stampwell.webhooks.rows import DeliveryRow, EndpointRow

PLAN = RetryPlan(
    (
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
    )
)
LEASE = timedelta(seconds=60)  # a visit is over by then: it ends with the first answer that is slow
# What is due later than this was put off while a clock was ahead: it is due now.
FURTHEST = PLAN.longest * 2


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """`batch` are sent by one thread after the other; `at_once` of one address may be on their way together."""

    name: str
    is_slow: bool
    threads: int
    batch: int
    at_once: int


QUICK = Lane(name="quick", is_slow=False, threads=6, batch=10, at_once=30)
SLOW = Lane(name="slow", is_slow=True, threads=4, batch=1, at_once=1)
LANES = (QUICK, SLOW)


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What one thread sends to one address now, the oldest first."""

    endpoint: EndpointRow
    deliveries: list[DeliveryRow]
    bodies: dict[UUID, bytes | NoBody]


class _Busy(msgspec.Struct, frozen=True):
    endpoint_id: UUID
    on_the_way: int


_IS_READY = """
    d.due IS NOT NULL AND (d.due <= %(now)s OR d.due > %(furthest)s)
    AND (d.leased_until IS NULL OR d.leased_until <= %(now)s OR d.leased_until > %(longest_lease)s)
"""
_SHOPS = f"""
    SELECT DISTINCT e.merchant_id FROM webhook_endpoint e
    WHERE e.state = 'on' AND e.is_slow = %(slow)s AND EXISTS (
        SELECT 1 FROM webhook_delivery d WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id AND {_IS_READY}
    )
"""
_ENDPOINTS = f"""
    SELECT {columns_of(EndpointRow, "e")} FROM webhook_endpoint e
    WHERE e.merchant_id = %(merchant)s AND e.state = 'on' AND e.is_slow = %(slow)s AND EXISTS (
        SELECT 1 FROM webhook_delivery d WHERE d.merchant_id = e.merchant_id AND d.endpoint_id = e.id AND {_IS_READY}
    )
"""
_BUSY = """
    SELECT endpoint_id, count(*) AS on_the_way FROM webhook_delivery
    WHERE merchant_id = %(merchant)s AND due IS NOT NULL AND leased_until > %(now)s GROUP BY endpoint_id
"""
# An array is made once. As a list of rows it may be read for each row anew, and beyond the limit then.
_CLAIM = f"""
    UPDATE webhook_delivery SET leased_until = %(until)s
    WHERE merchant_id = %(merchant)s AND id = ANY(ARRAY(
        SELECT d.id FROM webhook_delivery d
        WHERE d.merchant_id = %(merchant)s AND d.endpoint_id = %(endpoint)s AND {_IS_READY}
        ORDER BY d.due, d.sequence LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ))
    RETURNING {columns_of(DeliveryRow)}
"""


def shops_with_due(lane: Lane) -> list[UUID]:
    """In any order: several threads begin at several places."""
    shops = merchants_where(_SHOPS, {"slow": lane.is_slow, **_moments(now())})
    random.shuffle(shops)
    return shops


def claim_visit(merchant_id: UUID, lane: Lane) -> Visit | None:
    """Of one of the shop's addresses that have something due, by lot; None where others are at it."""
    at = now()
    facts = {"merchant": merchant_id, "slow": lane.is_slow, **_moments(at)}
    merchant = Merchant.objects.get(id=merchant_id)
    with merchant_transaction(merchant_id) as tx:
        waiting, busy = tx.later(EndpointRow, _ENDPOINTS, facts), tx.later(_Busy, _BUSY, facts)
        on_the_way = {row.endpoint_id: row.on_the_way for row in busy.rows()}
        free = [row for row in waiting.rows() if on_the_way.get(row.id, 0) < lane.at_once]
        if not free:
            return None
        endpoint = random.choice(free)  # noqa: S311 - no secret hangs on it
        deliveries = _claim(tx, endpoint, {**facts, "most": lane.batch, "until": at + LEASE})
        if not deliveries:
            return None
    # After the claim is kept: what fails here would let it be claimed again at once, for ever.
    return Visit(endpoint=endpoint, deliveries=deliveries, bodies=bodies_of(merchant, deliveries))


def _claim(tx: Statements, endpoint: EndpointRow, facts: dict[str, object]) -> list[DeliveryRow]:
    claimed = tx.rows(DeliveryRow, _CLAIM, {**facts, "endpoint": endpoint.id})
    return sorted(claimed, key=lambda row: (row.due, row.sequence or 0))


def _moments(at: datetime) -> dict[str, datetime]:
    return {"now": at, "furthest": at + FURTHEST, "longest_lease": at + 2 * LEASE}
