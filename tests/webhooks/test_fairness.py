"""However many receivers hang: what others are to hear of, they hear of at once."""

import threading
import time
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from stampwell.outgoing import hang_up
from stampwell.webhooks import dispatch, sending
from tests.following import follow_everything
from tests.webhooks.receiver import TAKES, Heard, Manner, receiver
from tests.webhooks.working import connect, deliveries
from tests.world import Shop, open_lume, open_rossi

BAD, PROGRAMS, PATIENCE = 8, 12, 60.0


def wait_for_threads() -> None:
    for threads in dispatch._under_way.values():
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


@pytest.mark.machine_clock
@pytest.mark.django_db(transaction=True)
def test_receivers_that_hang_keep_no_other_waiting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTGOING_INSIDE = [ip_network("127.0.0.0/8")]
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    over = threading.Event()

    def hang(_heard: Heard) -> Manner:
        over.wait(PATIENCE)
        return TAKES

    lume, rossi = open_lume(), open_rossi()
    with receiver() as good, receiver() as bad:
        bad.manner = hang
        wanted = {"types": ["program.published"]}
        hanging = [connect(lume, bad, **wanted) for _number in range(BAD)]
        healthy = connect(lume, good, **wanted), connect(rossi, good, **wanted)
        publish(lume, rossi)

        ends = time.monotonic() + PATIENCE
        while len(good.taken) < 2 * PROGRAMS:
            dispatch.send_webhooks()
            assert time.monotonic() < ends
            time.sleep(0.05)
        tried = [one for endpoint in hanging for one in deliveries(endpoint) if one.tries]
        over.set()
        wait_for_threads()

    assert all(one.state == "delivered" for endpoint in healthy for one in deliveries(endpoint))
    assert len(tried) <= 3 * BAD < BAD * PROGRAMS
    hang_up()


def publish(*shops: Shop) -> None:
    for shop in shops:
        for _program in range(PROGRAMS):
            shop.publish()
    follow_everything()
