"""Rows are locked in the order of `docs/developing/locking.md`: an address before what is sent there."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from stampwell.clock import now, stopped_at
from stampwell.transactions import Statements
from stampwell.webhooks import making
from stampwell.webhooks.clearing import forget_old_deliveries
from tests.following import follow_everything
from tests.webhooks.receiver import Receiver
from tests.webhooks.working import connect, deliveries, work
from tests.world import open_lume


def is_free(endpoint_id: UUID) -> bool:
    """Asked by somebody else."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM webhook_endpoint WHERE id = %s FOR UPDATE SKIP LOCKED", (endpoint_id,))
            return cursor.fetchone() is not None
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_who_notes_what_is_to_be_sent_holds_the_address(hooks: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Following and replaying the same event at once would otherwise wait for each other for ever."""
    lume = open_lume()
    endpoint_id = connect(lume, hooks)
    free: list[bool] = []
    keep: Callable[..., None] = making._keep

    def look(tx: Statements, *args: object, **kwargs: object) -> None:
        free.append(is_free(endpoint_id))
        keep(tx, *args, **kwargs)

    monkeypatch.setattr(making, "_keep", look)
    lume.publish()
    follow_everything()

    assert free
    assert not any(free)


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_is_forgotten_another_night(hooks: Receiver) -> None:
    lume = open_lume()
    endpoint_id = connect(lume, hooks, types=["program.published"])
    lume.publish()
    lume.publish()
    work()
    held, _free = deliveries(endpoint_id)
    other = connection.copy()
    try:
        with stopped_at(now() + timedelta(days=31)), other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '20s'")
            cursor.execute("SELECT 1 FROM webhook_delivery WHERE id = %s FOR UPDATE", (held.id,))
            forget_old_deliveries()
            assert deliveries(endpoint_id) == [held]
            cursor.execute("ROLLBACK")
            forget_old_deliveries()
            assert deliveries(endpoint_id) == []
    finally:
        other.close()
