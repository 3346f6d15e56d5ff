"""An earlier state of this very program, from the history of the checkout, served over the data of the test."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.drills.shop import PATIENCE
from tests.processes import Program
from tests.serving import free_port

ROOT = Path(__file__).resolve().parents[2]
# The last one from which every migration may run while it serves; the next ones begin with 0022.
COMMIT = "8743e2ca99fbf4926e5cd0b212c12e9c5ceed819"
CARDS = 2_000  # of all that there are, those that are stamped meanwhile
FILL = f"""
import json, os, sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bench import growing, shop
from stampwell.ids import public_id
one = shop.Shop(os.environ["DATABASE_URL"], "One")
rows = (growing._STAMPS, growing._USED, growing._REDEMPTIONS, growing._EVENTS)
cards = int(sys.argv[1]) // growing.A_CARD
one.seed(cards, shop.CUSTOMERS, shop.CARDS, shop.VOUCHERS, *rows)
keys = [one.key_for(number * shop.REQUESTS_A_KEY) for number in range(8)]
print(json.dumps([keys, [public_id("crd", one.row_id(number)) for number in range(min(cards, {CARDS}))]]))
"""


@dataclass
class EarlierRelease:
    """Its programs work over `data` and the database there."""

    source: Path
    data: Path
    url: str
    logs: Path

    def fill(self, stamps: int) -> tuple[list[str], list[str]]:
        """Makes its tables and that many stamps; answers keys of the shop, and cards."""
        done = subprocess.run(
            [sys.executable, "-c", FILL, str(stamps)],
            env=self.surroundings(),
            cwd=self.source,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        keys, cards = json.loads(done.stdout.splitlines()[-1])
        return keys, cards

    @contextmanager
    def serving(self) -> Iterator[str]:
        """A web server of it; yields its address."""
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "stampwell.web_server", f"127.0.0.1:{port}"]
        file = self.logs / f"web-{port}.log"
        with file.open("wb") as log:
            process = Program(command, stdout=log, stderr=log, env=self.surroundings(address), cwd=self.source)
        try:
            limit = time.monotonic() + PATIENCE
            while not _answers(address):
                assert process.poll() is None, file.read_text()
                assert time.monotonic() < limit
                time.sleep(0.05)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)

    def surroundings(self, address: str = "http://127.0.0.1") -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("STAMPWELL", "PG"))}
        return {
            **kept,
            "DATABASE_URL": self.url,
            "STAMPWELL_DATA": str(self.data),
            "STAMPWELL_BASE_URL": address,
            "STAMPWELL_SETTINGS": "",
            "DJANGO_SETTINGS_MODULE": "stampwell.settings",
            "PYTHONPATH": str(self.source),
        }


def unpack(folder: Path) -> Path:
    """Where the history is not there, as in a checkout of one commit, the test cannot be."""
    packed = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, capture_output=True)
    if packed.returncode:
        pytest.skip(f"the history of the checkout lacks the commit {COMMIT[:8]}")
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return folder


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v1/me").status_code == 401
    except httpx.TransportError:
        return False
