"""Sends what is due, in a few threads of the worker for each lane.

At least once: a worker that dies has leased what it sent, and when the lease is over it is sent again.
"""

import logging
import threading
from uuid import UUID

from django.db import connection

from stampwell.transactions import for_each_merchant
from stampwell.transactions.outages import OUTAGES, tell_outage
from stampwell.webhooks.answers import SLOW_MS, write_down
from stampwell.webhooks.claiming import LANES, Lane, Visit, claim_visit, shops_with_due
from stampwell.webhooks.rows import DeliveryRow
from stampwell.webhooks.sending import Outcome, send

log = logging.getLogger(__name__)
_under_way: dict[str, list[threading.Thread]] = {lane.name: [] for lane in LANES}


def send_webhooks() -> None:
    """Begins to send what is due, unless enough threads do so already. The worker's other steps do not wait."""
    for lane in LANES:
        threads = _under_way[lane.name]
        threads[:] = [thread for thread in threads if thread.is_alive()]
        free = lane.threads - len(threads)
        if free and shops_with_due(lane):
            for _one in range(free):
                thread = threading.Thread(target=_send_in_background, args=(lane,), name="webhooks", daemon=True)
                thread.start()
                threads.append(thread)


def send_due(lane: Lane) -> int:
    """To each shop's addresses in turn, until nothing is due that others are not at. Returns how many were sent."""
    sent = 0

    def send_next(merchant_id: UUID) -> None:
        nonlocal sent
        if visit := claim_visit(merchant_id, lane):
            sent += make_visit(merchant_id, visit)

    while True:
        before = sent
        for_each_merchant(shops_with_due(lane), send_next)
        if sent == before:
            return sent


def make_visit(merchant_id: UUID, visit: Visit) -> int:
    """Sends one after the other; one that fails or is slow is the last, for now the address is another lane's."""
    outcomes: list[tuple[DeliveryRow, Outcome]] = []
    for delivery in visit.deliveries:
        outcome = send(visit.endpoint, delivery, visit.bodies[delivery.id])
        outcomes.append((delivery, outcome))
        if outcome.was_asked and (not outcome.is_success or outcome.took_ms > SLOW_MS):
            break
    write_down(merchant_id, visit, outcomes)
    return len(outcomes)


def _send_in_background(lane: Lane) -> None:
    try:
        send_due(lane)
    except OUTAGES as lost:
        tell_outage(lost)
    except Exception:
        log.exception("Webhooks could not be sent")
    finally:
        connection.close()
