"""An upgrade while two processes of an earlier release stamp: no stamp fails, none is lost, nobody waits for long."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from stampwell.database import running_server
from stampwell.management.data_folder import open_installation
from tests.drills.earlier_release import EarlierRelease, unpack
from tests.drills.shop import PATIENCE

pytestmark = pytest.mark.drill
SMALL, LARGE = 1_000, 1_000_000  # stamps
COUNT = "SELECT count(*) FROM stamp"
NEWEST = "SELECT max(name) FROM django_migrations WHERE app = 'stampwell'"


@dataclass
class Caller:
    """Stamps one card after the other, and notes how long each took, with the moment at which it was answered."""

    address: str
    key: str
    cards: list[str]
    answered: list[tuple[float, float]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def work(self, enough: threading.Event) -> None:
        with httpx.Client(base_url=self.address, timeout=PATIENCE) as client:
            for number, card in enumerate(itertools.cycle(self.cards)):
                if enough.is_set():
                    return
                begun = time.monotonic()
                answer = client.post(
                    f"/api/v1/cards/{card}/stamps",
                    headers={"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"{self.key[-8:]}-{number:012}"},
                    json={},
                )
                ended = time.monotonic()
                if answer.status_code == 201:
                    self.answered.append((ended, ended - begun))
                else:
                    self.refused.append(answer.text)
                time.sleep(0.02)  # so that a key may go on for as long as it takes

    def longest(self, begun: float, ended: float) -> float:
        return max((took for at, took in self.answered if begun <= at <= ended), default=0.0)


@pytest.mark.short
def test_an_earlier_release_stamps_on_while_it_is_upgraded(data_dir: Path, tmp_path: Path) -> None:
    upgrade_under_load(data_dir, tmp_path, SMALL)


def test_a_million_stamps_are_upgraded_while_an_earlier_release_stamps(data_dir: Path, tmp_path: Path) -> None:
    upgrade_under_load(data_dir, tmp_path, LARGE)


def upgrade_under_load(data_dir: Path, folder: Path, stamps: int) -> None:
    open_installation(data_dir)
    with running_server(data_dir) as url:
        earlier = EarlierRelease(unpack(folder / "earlier"), data_dir, url, logs=folder)
        keys, cards = earlier.fill(stamps)
        with earlier.serving() as one, earlier.serving() as other:
            callers = [
                Caller(address, key, cards[place::4])
                for place, (address, key) in enumerate(zip([one, other] * 2, keys, strict=False))
            ]
            with calling(callers):
                wait_for_stamps(callers)
                said, moments = upgrade(data_dir)
                wait_for_stamps(callers)
        confirmed = sum(len(caller.answered) for caller in callers)
        refused = [text for caller in callers for text in caller.refused]
        report(callers, moments, stamps)
        with psycopg.connect(url) as connection:
            assert connection.execute(COUNT).fetchone() == (stamps + confirmed,)
            assert connection.execute(NEWEST).fetchone() != ("0021_pin_length",)
    assert "To do: 0022_barcode_template. It locks `reward` for a moment." in said
    assert "Restart what serves now" in said or "Start it now" in said
    assert refused == []


@contextmanager
def calling(callers: list[Caller]) -> Iterator[None]:
    enough = threading.Event()
    threads = [threading.Thread(target=caller.work, args=(enough,)) for caller in callers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def wait_for_stamps(callers: list[Caller]) -> None:
    goals = {id(caller): len(caller.answered) + 10 for caller in callers}
    limit = time.monotonic() + PATIENCE
    while any(len(caller.answered) < goals[id(caller)] for caller in callers):
        assert not any(caller.refused for caller in callers), callers
        assert time.monotonic() < limit
        time.sleep(0.01)


def upgrade(data_dir: Path) -> tuple[str, dict[str, float]]:
    """What it said, and when it began, had its backup, and was done."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    settings = {"STAMPWELL_DATA": str(data_dir), "STAMPWELL_BASE_URL": "http://127.0.0.1"}
    moments, said = {"begun": time.monotonic()}, []
    with subprocess.Popen(
        [sys.executable, "-m", "stampwell", "upgrade"], env=kept | settings, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        for line in process.stderr:
            said.append(line)
            if line.startswith("Wrote "):
                moments["backed up"] = time.monotonic()
    moments["done"] = time.monotonic()
    assert process.returncode == 0, "".join(said)
    return "".join(said), moments


def report(callers: list[Caller], moments: dict[str, float], stamps: int) -> None:
    begun, backed_up, done = moments["begun"], moments["backed up"], moments["done"]
    meanwhile = sum(begun <= at <= done for caller in callers for at, _took in caller.answered)
    before = max(caller.longest(0, begun) for caller in callers)
    during = max(caller.longest(begun, backed_up) for caller in callers)
    steps = max(caller.longest(backed_up, done) for caller in callers)
    load = os.getloadavg()[0]
    print(
        f"{stamps:,} stamps, load {load:.1f}: backup {backed_up - begun:.1f} s, steps {done - backed_up:.1f} s; "
        f"{meanwhile} stamps meanwhile. Longest: {before:.2f} s before, {during:.2f} s during the backup, "
        f"{steps:.2f} s during the steps"
    )
