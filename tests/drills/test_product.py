"""The whole product as bin/dev serves it: parts of it are killed while stamps are added over HTTP.

Every caller keeps the key of its stamp until it is answered, as the scanner does. At the end each card has
exactly the stamps that were asked for: none lost, none counted twice.
"""

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings

from tests.drills.shop import PATIENCE
from tests.drills.test_killing import kill_server
from tests.processes import Program
from tests.serving import free_port

pytestmark = [pytest.mark.drill, pytest.mark.short]

PROGRAM = {
    "name": "Drill",
    "goal": 10,
    "earning": {"by": "visit", "cooldown_seconds": 0},
    "milestones": [{"stamps": 10, "reward": {"name": "A coffee", "path": "self_redeem"}}],
}


@dataclass
class Development:
    """bin/dev on a folder and a port of its own; `public` is its address where that is another one."""

    data_dir: Path
    port: int
    public: str = ""
    process: Program | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it serves."""
        options = ["--port", str(self.port), "--data", str(self.data_dir), "--base-url", self.public or self.url]
        command = [sys.executable, "-m", "stampwell.management.development", *options]
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.process = Program(command, env=environment, stdout=subprocess.DEVNULL)
        limit = time.monotonic() + PATIENCE
        while not (self.answers() and self.is_complete()):
            assert self.process.poll() is None, "bin/dev ended by itself"
            assert time.monotonic() < limit, "bin/dev does not answer"
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v1/me").status_code == 401
        except httpx.TransportError:
            return False

    def is_complete(self) -> bool:
        """The worker is the last one to be started; until then a dead web server means a start that failed."""
        lines = (self.data_dir / "programs").read_text().splitlines()
        return any(line.endswith(" worker") for line in lines)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_web(self) -> None:
        """The web server and its workers, all at once."""
        lines = (self.data_dir / "programs").read_text().splitlines()
        web = next(int(line.split()[0]) for line in lines if line.endswith(f":{self.port}"))
        os.killpg(web, signal.SIGKILL)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait() == 0


@dataclass
class Caller:
    """Adds stamps to one card, one after the other, each under one key until it is answered."""

    url: str
    key: str
    card: str
    answered: int = 0
    repeated: int = 0
    refused: list[str] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        with httpx.Client(base_url=self.url, timeout=20) as client:
            while not self.enough.is_set():
                self.add_one(client, f"{self.card}-{self.answered + 1}")

    def add_one(self, client: httpx.Client, key: str) -> None:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": key}
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            try:
                answer = client.post(f"/api/v1/cards/{self.card}/stamps", json={"count": 1}, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 201:
                self.answered += 1
                self.repeated += "idempotency-replayed" in answer.headers
                return
            if answer is not None and answer.status_code < 500 and answer.status_code not in (409, 429):
                self.refused.append(answer.text)
                self.enough.set()
                return
            time.sleep(0.05)
        self.refused.append("no answer in time")
        self.enough.set()


def copy_installation(folder: Path) -> None:
    """One that was served and stopped, with the demo's shop. Whichever worker needs it first makes it, in half a
    minute; the others wait, and have copies too.
    """
    kept = Path(settings.DATA_DIR) / "installation"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            made = Development(kept.with_suffix(".begun"), free_port())
            made.start()
            made.stop()
            made.data_dir.rename(kept)
    subprocess.run(["cp", "-a", kept, folder], check=True)  # with its owners: the database of root has one of its own


@pytest.fixture
def development(data_dir: Path) -> Iterator[Development]:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    copy_installation(data_dir / "shop")
    served = Development(data_dir / "shop", free_port())
    served.start()
    try:
        yield served
    finally:
        served.stop()


def test_no_stamp_is_lost_or_doubled_when_parts_of_the_product_are_killed(development: Development) -> None:
    demo = json.loads((development.data_dir / "demo.json").read_text())
    with calling(development, demo["api_key"], callers=4) as callers:
        wait_for_stamps(callers, 40)
        development.kill_web()
        wait_for_stamps(callers, 40)
        kill_server(development.data_dir)
        wait_for_stamps(callers, 40)
        development.kill()
        development.start()
        wait_for_stamps(callers, 40)

    assert [caller.refused for caller in callers] == [[], [], [], []]
    assert [stamps_on(development, caller) for caller in callers] == [caller.answered for caller in callers]
    answered, repeated = (sum(getattr(caller, name) for caller in callers) for name in ("answered", "repeated"))
    print(f"web, server and keeper killed: {answered} stamps answered, {repeated} of them at a repetition, all there")


@contextmanager
def calling(development: Development, key: str, *, callers: int) -> Iterator[list[Caller]]:
    """Callers at work, each on a card of its own; after the block each has its last answer."""
    program = post(development, key, "programs", PROGRAM)["id"]
    cards = [post(development, key, "cards", {"program_id": program})["id"] for _ in range(callers)]
    working = [Caller(development.url, key, card) for card in cards]
    threads = [threading.Thread(target=caller.work) for caller in working]
    for thread in threads:
        thread.start()
    try:
        yield working
    finally:
        for caller in working:
            caller.enough.set()
        for thread in threads:
            thread.join()


def wait_for_stamps(callers: list[Caller], more: int) -> None:
    goal, limit = sum(caller.answered for caller in callers) + more, time.monotonic() + PATIENCE
    while sum(caller.answered for caller in callers) < goal:
        assert time.monotonic() < limit, [caller.refused for caller in callers]
        assert not any(caller.refused for caller in callers), [caller.refused for caller in callers]
        time.sleep(0.02)


def stamps_on(development: Development, caller: Caller) -> int:
    headers = {"Authorization": f"Bearer {caller.key}"}
    card = httpx.get(f"{development.url}/api/v1/cards/{caller.card}", headers=headers).raise_for_status().json()
    return int(card["stamps"] + (card["round"] - 1) * card["goal"])


def post(development: Development, key: str, path: str, body: dict[str, object]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": os.urandom(8).hex()}
    answer = httpx.post(f"{development.url}/api/v1/{path}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
