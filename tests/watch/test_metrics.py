"""What Prometheus reads of a server that really runs: one page, whichever of the processes counted and answers."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import httpx
import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from stampwell.cards.links import card_token
from stampwell.ids import public_id
from stampwell.watch.figures import take_figures
from stampwell.watch.heartbeat import beat
from tests.processes import Program
from tests.serving import free_port, running_product
from tests.web.test_outage import database_away
from tests.world import Shop

PATIENCE = 60  # seconds

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]

type Samples = dict[tuple[str, ...], float]


def read(place: str) -> Samples:
    answer = httpx.get(f"http://{place}/metrics", timeout=PATIENCE)
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def read_when(place: str, is_there: Callable[[Samples], bool]) -> Samples:
    """A request is counted when its visitor has the answer already."""
    for _time in range(PATIENCE * 10):
        if is_there(samples := read(place)):
            return samples
        Event().wait(0.1)
    return samples


def sum_of(samples: Samples) -> float:
    return sum(value for name, value in samples.items() if name[0] == "stampwell_requests_total")


def test_what_the_web_counts_and_the_worker_measures(transactional_db: None, lume: Shop, tmp_path: Path) -> None:
    place = f"127.0.0.1:{free_port()}"
    card = lume.publish().card()
    page = f"/c/{lume.merchant.slug}/{card_token(card.id, 0)}"
    fast = f"/api/v1/cards/{public_id('crd', card.id)}"
    key = {"Authorization": f"Bearer {lume.api_key()}"}
    beat()
    take_figures()
    with running_product(tmp_path, STAMPWELL_METRICS_ADDRESS=place) as product:
        before = read(place)
        for _time in range(30):  # each on a connection of its own: some come to either process
            assert httpx.get(product.url + page, timeout=PATIENCE).status_code == 200
            assert httpx.get(product.url + fast, headers=key, timeout=PATIENCE).status_code == 200
        assert httpx.get(f"{product.url}/api/v1/cards/crd_nowhere", headers=key, timeout=PATIENCE).status_code == 404
        assert httpx.get(f"{product.url}/wp-login.php", timeout=PATIENCE).status_code == 404
        after = read_when(place, lambda now: sum_of(now) == sum_of(before) + 62)
        with database_away():
            away = read(place)

    def grown(*name: str) -> float:
        return after[name] - before[name]

    assert grown("stampwell_requests_total", "2xx", "card") == 30
    assert grown("stampwell_requests_total", "2xx", "api") == 30
    assert grown("stampwell_requests_total", "4xx", "api") == 1
    assert grown("stampwell_requests_total", "4xx", "other") == 1
    assert grown("stampwell_request_seconds_count", "card") == 30
    assert after["stampwell_refusals_total", "not_found"] == 1
    assert after["stampwell_events_waiting",] > 0
    assert after["stampwell_worker_silence_seconds",] >= 0
    assert (after["stampwell_database_up",], away["stampwell_database_up",]) == (1, 0)
    assert away["stampwell_requests_total", "2xx", "card"] == after["stampwell_requests_total", "2xx", "card"]
    assert not any(str(lume.merchant.id) in label or lume.merchant.slug in label for name in after for label in name)


def test_without_an_address_nothing_listens_and_nothing_is_counted(
    transactional_db: None, lume: Shop, tmp_path: Path
) -> None:
    with running_product(tmp_path) as product:
        assert httpx.get(f"{product.url}/metrics", timeout=PATIENCE).status_code == 404


def test_an_address_that_is_taken_is_refused_at_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        said = start_with(f"127.0.0.1:{port}")

    assert said.startswith(f"Nobody can listen at STAMPWELL_METRICS_ADDRESS 127.0.0.1:{port} (")


@pytest.mark.parametrize("address", ["9464", "127.0.0.1:", ":9464", "127.0.0.1:0", "127.0.0.1:99999", "a:b"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    assert start_with(address) == (
        "STAMPWELL_METRICS_ADDRESS is an address and a port such as 127.0.0.1:8000, [::1]:8000 or 0.0.0.0:443, "
        f"not “{address}”.\n"
    )


def start_with(address: str) -> str:
    """What a server says that does not start."""
    command = [sys.executable, "-m", "stampwell.web_server", f"127.0.0.1:{free_port()}"]
    environment = {**os.environ, "STAMPWELL_METRICS_ADDRESS": address, "STAMPWELL_DATA": str(settings.DATA_DIR)}
    server = Program(command, stderr=subprocess.PIPE, env=environment)
    _out, said = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    return said.decode()
