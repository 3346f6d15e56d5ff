"""Twenty thousand steps of vouchers while parts of the product are killed again and again.

Vouchers get codes of a pool, are held, released, used, given back and used again, some by two tills at once. Each step
keeps its key until it is answered. At the end every voucher is as the last answer said, and each code is at one place.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import httpx
import psycopg
import pytest

from tests.drills.shop import PATIENCE
from tests.drills.test_killing import kill_server
from tests.drills.test_product import Development, development, post

__all__ = ["development"]  # a fixture

pytestmark = pytest.mark.drill

STEPS, TILLS, CODES = 20_000, 8, 15_000
CARD_LASTS = 40  # vouchers
BETWEEN_KILLS = 4.0  # seconds
NOT_NOW = {"request_in_progress", "too_many_requests"}

COUNTED = """
    SELECT voucher.id, voucher.state,
           (SELECT count(*) FROM redemption WHERE redemption.voucher_id = voucher.id),
           (SELECT count(*) FROM reversal JOIN redemption ON redemption.id = reversal.redemption_id
            WHERE redemption.voucher_id = voucher.id),
           (SELECT array_agg(code) FROM pool_code WHERE pool_code.voucher_id = voucher.id)
    FROM voucher WHERE reward_id = %s
"""


@dataclass
class Expected:
    state: str = "ready"
    redemptions: int = 0
    reversals: int = 0


@dataclass
class Till:
    """Takes voucher after voucher through one of the ways; `expected` is what the answers said."""

    url: str
    key: str
    program: str
    reward: str
    name: str
    expected: dict[str, Expected] = field(default_factory=dict)
    steps: int = 0
    repeated: int = 0
    faults: list[str] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        to_take: list[Callable[[httpx.Client, str], object]] = [self.use, self.give_back, self.use_at_two, self.leave]
        ways = cycle([*to_take, self.hold_and_use, self.release_and_use])
        card = ""
        try:
            with httpx.Client(base_url=f"{self.url}/api/v1", timeout=20) as client:
                for number, way in enumerate(ways):
                    if self.enough.is_set():
                        return
                    if number % CARD_LASTS == 0:
                        card = self.done(client, "/cards", {"program_id": self.program})["id"]
                    given = {"card_id": card, "reward_id": self.reward}
                    voucher = self.done(client, "/vouchers", given)["id"]
                    self.expected[voucher] = Expected()
                    way(client, voucher)
        except AssertionError as fault:
            self.faults.append(str(fault))

    def use(self, client: httpx.Client, voucher: str, **body: str) -> str:
        used = self.done(client, f"/vouchers/{voucher}/redemption", body)
        self.expected[voucher].state = "redeemed"
        self.expected[voucher].redemptions += 1
        return str(used["redemption"]["id"])

    def give_back(self, client: httpx.Client, voucher: str) -> None:
        redemption = self.use(client, voucher)
        self.done(client, f"/redemptions/{redemption}/reversal", {"reason": "Wrong table"})
        self.expected[voucher].state = "ready"
        self.expected[voucher].reversals += 1
        self.use(client, voucher)

    def hold(self, client: httpx.Client, voucher: str) -> str:
        held = self.done(client, f"/vouchers/{voucher}/reservation", {"seconds": 3600})
        return str(held["reservation"]["id"])

    def hold_and_use(self, client: httpx.Client, voucher: str) -> None:
        self.use(client, voucher, reservation=self.hold(client, voucher))

    def release_and_use(self, client: httpx.Client, voucher: str) -> None:
        self.done(client, f"/vouchers/{voucher}/release", {"reservation": self.hold(client, voucher)})
        self.use(client, voucher)

    def use_at_two(self, client: httpx.Client, voucher: str) -> None:
        """Two tills at the same moment: one of them gets it."""
        with ThreadPoolExecutor(2) as both:
            asked = [both.submit(self.answer, client, f"/vouchers/{voucher}/redemption", {}) for _till in range(2)]
        answers = sorted((one.result() for one in asked), key=lambda one: one.status_code)
        assert [one.status_code for one in answers] == [201, 409], [one.text for one in answers]
        assert answers[1].json()["code"] == "voucher_already_redeemed"
        self.steps += 1
        self.expected[voucher] = Expected("redeemed", 1)

    def leave(self, client: httpx.Client, voucher: str) -> None:
        """Somebody else's, for later."""

    def done(self, client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.answer(client, path, body)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        self.steps += 1
        self.repeated += "idempotency-replayed" in answer.headers
        return dict(answer.json())

    def answer(self, client: httpx.Client, path: str, body: dict[str, Any]) -> httpx.Response:
        """The same step again, until somebody says what became of it."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"{self.name}-{os.urandom(8).hex()}"}
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            try:
                answer = client.post(path, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500 and answer.json().get("code") not in NOT_NOW:
                return answer
            time.sleep(0.05)
        raise AssertionError(f"{path}: no answer in time")


def test_no_voucher_is_lost_or_used_twice_when_parts_of_the_product_are_killed(development: Development) -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    key = json.loads((development.data_dir / "demo.json").read_text())["api_key"]
    pool = fill_pool(development, key)
    program = post(development, key, "programs", program_with(pool))
    reward = program["milestones"][0]["reward"]["id"]
    tills = [Till(development.url, key, program["id"], reward, f"till-{number}") for number in range(TILLS)]
    kills = 0

    with working(tills):
        for kill in cycle(ways_to_kill(development)):
            until = time.monotonic() + BETWEEN_KILLS
            while time.monotonic() < until and not is_over(tills):
                time.sleep(0.05)
            if is_over(tills):
                break
            kill()
            kills += 1

    assert [till.faults for till in tills] == [[] for _till in tills]
    expected = {name: one for till in tills for name, one in till.expected.items()}
    found = vouchers_in(development, reward)
    assert {name: one for name, (one, _codes) in found.items()} == expected
    held = [code for one, codes in found.values() if one.state == "ready" for code in codes]
    assert len(set(held)) == sum(one.state == "ready" for one, _codes in found.values()), "each has one of its own"
    assert not any(codes for one, codes in found.values() if one.state == "redeemed"), "nobody saw them: they are free"
    assert free_codes(development, key, pool) == CODES - len(held), "and none is lost"
    steps, repeated = (sum(getattr(till, name) for till in tills) for name in ("steps", "repeated"))
    print(f"{kills} kills: {steps} steps answered, {repeated} of them at a repetition, {len(found)} vouchers as told")


def is_over(tills: list[Till]) -> bool:
    return any(till.faults for till in tills) or sum(till.steps for till in tills) >= STEPS


@contextmanager
def working(tills: list[Till]) -> Iterator[None]:
    """Tills at work; after the block each has its last answer."""
    threads = [threading.Thread(target=till.work) for till in tills]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for till in tills:
            till.enough.set()
        for thread in threads:
            thread.join()


def ways_to_kill(development: Development) -> list[Callable[[], None]]:
    def all_of_it() -> None:
        development.kill()
        development.start()

    return [development.kill_web, lambda: kill_server(development.data_dir), all_of_it]


def fill_pool(development: Development, key: str) -> str:
    wanted: dict[str, object] = {"name": "Coffee codes", "format": "text", "hand_out": "issue"}
    pool = str(post(development, key, "code-pools", wanted)["id"])
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "codes", "Content-Type": "text/csv"}
    file = "Code\n" + "".join(f"KODE{number:06}\n" for number in range(CODES))
    with httpx.Client(base_url=f"{development.url}/api/v1", headers=headers, timeout=60) as client:
        asked = client.post(f"/code-pools/{pool}/imports", content=file)
        assert asked.status_code == 202, asked.text
    limit = time.monotonic() + PATIENCE
    while free_codes(development, key, pool) < CODES:
        assert time.monotonic() < limit, "the codes are not there"
        time.sleep(0.2)
    return pool


def free_codes(development: Development, key: str, pool: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.get(f"{development.url}/api/v1/code-pools/{pool}", headers=headers).raise_for_status()
    return int(answer.json()["stock"]["free"])


def program_with(pool: str) -> dict[str, object]:
    code = {"kind": "pool", "pool_id": pool}
    reward = {"name": "A coffee", "path": "redeem_code", "redeem_code": code}
    return {
        "name": "Drill",
        "goal": 10,
        "earning": {"by": "visit", "cooldown_seconds": 0},
        "milestones": [{"stamps": 10, "reward": reward}],
    }


def vouchers_in(development: Development, reward: str) -> dict[str, tuple[Expected, list[str]]]:
    url = (development.data_dir / "database/address").read_text()
    with psycopg.connect(url) as connection:
        rows = connection.execute(COUNTED, [reward.removeprefix("rwd_")]).fetchall()
    return {
        f"vch_{row_id.hex}": (Expected(state, redemptions, reversals), codes or [])
        for row_id, state, redemptions, reversals, codes in rows
    }
