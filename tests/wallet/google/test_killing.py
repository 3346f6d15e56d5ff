"""A worker that is killed in the middle of sending loses nothing."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stampwell.clock import now, stopped_at
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.dispatch import SENDERS, keep_google_up_to_date, send_due_cards
from stampwell.wallet.google.queue import note_changed_cards
from stampwell.wallet.google.save_button import save_link
from tests.doubles.google import ISSUER, Google
from tests.processes import Program
from tests.serving import database_url
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import Shop

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]

CARDS = 12


@contextmanager
def worker(google: Google, folder: Path) -> Iterator[Program]:
    """A real worker over the test's committed database."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "STAMPWELL_BASE_URL": "https://stampwell.example",
        "STAMPWELL_DATA": str(settings.DATA_DIR),
        "STAMPWELL_TOKEN_KEY": settings.TOKEN_KEY.hex(),
        "STAMPWELL_GOOGLE_ACCOUNT": str(google.account),
        "STAMPWELL_GOOGLE_ISSUER": ISSUER,
        "STAMPWELL_GOOGLE_API": google.url,
        "STAMPWELL_GOOGLE_CA": str(google.ca),
        "STAMPWELL_GOOGLE_REQUESTS_A_SECOND": "1000",
    }
    with (folder / "worker.log").open("wb") as out:
        running = Program([sys.executable, "-m", "stampwell", "worker"], env=environment, stdout=out, stderr=out)
        try:
            yield running
        finally:
            running.kill()
            running.wait(timeout=20)


def wait_for_requests(google: Google, count: int, log: Path) -> None:
    ends = time.monotonic() + 30
    while len(google.asked) < count:
        assert time.monotonic() < ends, log.read_text()
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_no_update(google: Google, lume: Shop, tmp_path: Path) -> None:
    cards = [lume.publish(earning=AT_ONCE).card() for _ in range(CARDS)]
    for card in cards:
        save_link(lume.merchant, card.id)
    send_due_cards()
    for card in cards:
        give_stamps(card, 3)
    with merchant_transaction(lume.merchant.id) as tx:
        note_changed_cards(tx, [card.id for card in cards])
    google.asked.clear()
    google.trouble = [*[0.0] * 3, *[5.0] * SENDERS]  # these are on their way when the worker dies

    with worker(google, tmp_path) as running:
        wait_for_requests(google, 3 + SENDERS, tmp_path / "worker.log")
        running.send_signal(signal.SIGKILL)
        running.wait(timeout=20)
    assert len(google.asked) == 3 + SENDERS

    google.trouble.clear()
    with stopped_at(now() + timedelta(seconds=61)):
        send_due_cards()

    counts = [one["loyaltyPoints"]["balance"]["string"] for one in google.objects["loyaltyObject"].values()]
    assert counts == ["3/10"] * CARDS
    assert len(google.asked) == CARDS + SENDERS  # only those that were on their way went twice


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_what_happens_at_the_counter(google: Google, lume: Shop, tmp_path: Path) -> None:
    card = lume.publish(earning=AT_ONCE).card()
    save_link(lume.merchant, card.id)
    google.asked.clear()

    with worker(google, tmp_path):
        give_stamps(card, 5)
        wait_for_requests(google, 4, tmp_path / "worker.log")  # the card, a class, an offer, the link between them

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "5/10"}
    assert google.notices == [google.card()["id"]]
    assert google.refused == []


@pytest.mark.django_db(transaction=True)
def test_a_slow_google_has_several_updates_on_their_way(
    google: Google, lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [lume.publish(earning=AT_ONCE).card() for _ in range(SENDERS)]
    for card in cards:
        save_link(lume.merchant, card.id)
    send_due_cards()
    for card in cards:
        give_stamps(card, 1)
    with merchant_transaction(lume.merchant.id) as tx:
        note_changed_cards(tx, [card.id for card in cards])
    together, respond = threading.Barrier(SENDERS, timeout=20), google.respond

    def wait_for_the_others(*asked: Any) -> Any:
        together.wait()
        return respond(*asked)

    monkeypatch.setattr(google, "respond", wait_for_the_others)

    keep_google_up_to_date()
    for sender in [thread for thread in threading.enumerate() if thread.name == "google"]:
        sender.join(timeout=30)

    counts = [one["loyaltyPoints"]["balance"]["string"] for one in google.objects["loyaltyObject"].values()]
    assert counts == ["1/10"] * SENDERS
    assert not together.broken
