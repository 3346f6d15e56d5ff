"""What becomes of a delivery, and of its address, by how sending went."""

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, merchant_transaction
from stampwell.webhooks.claiming import PLAN, Visit
from stampwell.webhooks.mails import tell_owners
from stampwell.webhooks.rows import DeliveryRow
from stampwell.webhooks.sending import Outcome

SLOW_MS = 2000  # by the lane of the slow from then on
OFF_AFTER = timedelta(days=5)
LEAST_FAILURES = 11  # more than one event alone can make: a shop may be silent for days

log = logging.getLogger(__name__)


class _Locked(msgspec.Struct, frozen=True):
    id: UUID


# Only of who still has the lease that the try was made with. Without it the delivery was asked for once more meanwhile,
# or given up, or somebody else sends it: what becomes of it is not for this try to say.
_ENDED = """
    UPDATE webhook_delivery SET state = %(state)s, due = NULL, leased_until = NULL, ended = %(now)s, tried = %(now)s,
        tries = tries + 1, status = %(status)s, problem = %(problem)s, answer = %(answer)s, took_ms = %(took_ms)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s AND leased_until = %(lease)s
"""
_AGAIN = """
    UPDATE webhook_delivery SET due = %(due)s, leased_until = NULL, tried = %(now)s,
        tries = tries + 1, status = %(status)s, problem = %(problem)s, answer = %(answer)s, took_ms = %(took_ms)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s AND leased_until = %(lease)s
"""
_LOCK = "SELECT id FROM webhook_endpoint WHERE merchant_id = %s AND id = %s FOR NO KEY UPDATE"
_RELEASE = """
    UPDATE webhook_delivery SET leased_until = NULL WHERE merchant_id = %s AND id = ANY(%s) AND leased_until = %s
"""
# How it went counts for the address only as it was when it was sent: not for one that was switched on again since.
_SINCE_RESUMED = "resumed IS NOT DISTINCT FROM %(resumed)s::timestamptz"
_WENT_WELL = f"""
    UPDATE webhook_endpoint SET failing_since = NULL, failures = 0, is_slow = %(slow)s
    WHERE merchant_id = %(merchant)s AND id = %(endpoint)s AND {_SINCE_RESUMED}
        AND (failing_since IS NOT NULL OR failures > 0 OR is_slow <> %(slow)s)
"""
_FAILED = f"""
    UPDATE webhook_endpoint
    SET failing_since = coalesce(failing_since, %(now)s), failures = failures + 1, is_slow = true
    WHERE merchant_id = %(merchant)s AND id = %(endpoint)s AND {_SINCE_RESUMED}
"""
_TURN_OFF = f"""
    UPDATE webhook_endpoint SET state = 'off', off_since = %(now)s, off_reason = %(reason)s,
        replay_after = NULL, replay_until = NULL
    WHERE merchant_id = %(merchant)s AND id = %(endpoint)s AND state = 'on' AND {_SINCE_RESUMED}
        AND (%(reason)s = 'gone' OR (failing_since <= %(before)s AND failures >= %(least)s))
    RETURNING 1
"""
_GIVE_UP = """
    UPDATE webhook_delivery SET state = 'failed', due = NULL, leased_until = NULL, ended = %(now)s
    WHERE merchant_id = %(merchant)s AND endpoint_id = %(endpoint)s AND due IS NOT NULL
"""


def write_down(merchant_id: UUID, visit: Visit, outcomes: Sequence[tuple[DeliveryRow, Outcome]]) -> None:
    """Of all that was sent; what was not is due at once."""
    at, asked = now(), [outcome for _row, outcome in outcomes if outcome.was_asked]
    endpoint = {"merchant": merchant_id, "endpoint": visit.endpoint.id, "now": at, "resumed": visit.endpoint.resumed}
    left = visit.deliveries[len(outcomes) :]
    with merchant_transaction(merchant_id) as tx:
        tx.later(_Locked, _LOCK, (merchant_id, visit.endpoint.id))  # before the deliveries, as everybody does
        for delivery, outcome in outcomes:
            _write(tx, delivery, outcome, at)
        if left:
            tx.write(_RELEASE, (merchant_id, [row.id for row in left], left[0].leased_until))
        if any(outcome.is_success for outcome in asked):
            tx.write(_WENT_WELL, {**endpoint, "slow": asked[-1].took_ms > SLOW_MS})
        if asked and not asked[-1].is_success:
            tx.write(_FAILED, endpoint)
            _perhaps_off(tx, visit, asked[-1], endpoint, at)


def give_up(tx: Statements, endpoint_id: UUID) -> None:
    """What waits for an address that is off; each can be sent once more when it is on again."""
    tx.write(_GIVE_UP, {"merchant": tx.merchant_id, "endpoint": endpoint_id, "now": now()})


def _write(tx: Statements, delivery: DeliveryRow, outcome: Outcome, at: datetime) -> None:
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "id": delivery.id,
        "lease": delivery.leased_until,
        "now": at,
        "status": outcome.status,
        "problem": outcome.problem,
        "answer": outcome.answer,
        "took_ms": outcome.took_ms,
    }
    if outcome.is_success:
        tx.write(_ENDED, {**facts, "state": "delivered"})
        return
    asked_for = None if outcome.asked_for is None else timedelta(seconds=outcome.asked_for)
    chance = random.random()  # noqa: S311 - no secret hangs on it
    due = None
    if not outcome.for_good:
        due = PLAN.next_try(failures=delivery.tries + 1, at=at, chance=chance, asked_for=asked_for)
    tx.write(*((_AGAIN, {**facts, "due": due}) if due else (_ENDED, {**facts, "state": "failed"})))


def _perhaps_off(tx: Statements, visit: Visit, latest: Outcome, endpoint: dict[str, Any], at: datetime) -> None:
    """An answer of 410 is how a receiver unsubscribes, so nobody is told of that one."""
    reason = "gone" if latest.is_gone else "failing"
    facts = {**endpoint, "reason": reason, "before": at - OFF_AFTER, "least": LEAST_FAILURES}
    if not tx.exists(_TURN_OFF, facts):
        return
    give_up(tx, visit.endpoint.id)
    log.warning("Webhook %s is off: %s", visit.endpoint.id, reason)
    if reason == "failing":
        tell_owners(tx, Merchant.objects.get(id=tx.merchant_id), visit.endpoint)
