"""Real workers are killed in the middle of sending, to a receiver that fails half the time: everything arrives."""

import os
import random
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.models import Event
from tests.processes import Program
from tests.serving import database_url
from tests.webhooks.conftest import hooks as hooks
from tests.webhooks.receiver import TAKES, Manner, Receiver
from tests.webhooks.working import connect, deliveries, work
from tests.world import open_lume

pytestmark = [pytest.mark.drill, pytest.mark.machine_clock, pytest.mark.django_db(transaction=True)]

KILLS, STAMPS, PATIENCE = 6, 60, 180.0
FAULTS = [Manner(500), Manner(0), Manner(301, {"location": "/"}), Manner(503, {"retry-after": "1"})]


def start_worker(folder: Path) -> Program:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "STAMPWELL_DATA": str(folder),
        "STAMPWELL_TOKEN_KEY": settings.TOKEN_KEY.hex(),
        "STAMPWELL_SECRET_KEY": settings.SECRET_KEY,
        "STAMPWELL_BASE_URL": settings.BASE_URL,
        "STAMPWELL_OUTGOING_INSIDE": "127.0.0.0/8",
    }
    with (folder / "worker.log").open("ab") as log:
        return Program([sys.executable, "-m", "stampwell", "worker"], env=environment, stdout=log, stderr=log)


def test_everything_arrives_through_kills(hooks: Receiver, tmp_path: Path) -> None:
    dice = random.Random(13)
    shop = open_lume()
    endpoint = connect(shop, hooks)
    card = shop.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
    hooks.manner = lambda _heard: TAKES if dice.random() < 0.5 else dice.choice(FAULTS)
    for kill in range(KILLS):
        for _stamp in range(STAMPS // KILLS):
            add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
        heard, worker = len(hooks.heard), start_worker(tmp_path)
        limit = time.monotonic() + PATIENCE
        while len(hooks.heard) < heard + 1 + kill:
            assert worker.poll() is None, (tmp_path / "worker.log").read_text()
            assert time.monotonic() < limit, (tmp_path / "worker.log").read_text()
            time.sleep(0.01)
        worker.kill()
        worker.wait()
    assert any(one.due for one in deliveries(endpoint)), "killed in the middle"

    moment = now()
    while True:
        moment += timedelta(minutes=10)
        with stopped_at(moment):
            work()
        if not any(one.due for one in deliveries(endpoint)):
            break

    happened = Event.objects.filter(merchant=shop.merchant, sequence__gt=deliveries(endpoint)[0].sequence - 1)  # type: ignore[operator]
    ids = {f"evt_{event.id.hex}" for event in happened}
    assert {heard.id for heard in hooks.taken} == ids
    assert len(ids) > STAMPS
    print(f"{len(ids)} events, {KILLS} kills, {len(hooks.heard)} requests, {len(hooks.taken) - len(ids)} taken twice")
    connection.close()
