"""A shop is backed up while it works, lost, and brought back: its customers and its till notice nothing.

Every row is compared by `restore` itself, with what was counted in the snapshot of the backup; here the customers'
pages, the till and what happened during the backup are looked at.
"""

import difflib
import json
import os
import re
import shutil
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

from stampwell.backups import last_backup
from tests.drills.shop import PATIENCE
from tests.drills.test_product import Development, calling, copy_installation, post, stamps_on, wait_for_stamps
from tests.serving import free_port

pytestmark = pytest.mark.drill

CARDS, FULL = 100, 40
PROGRAM = {
    "name": "Drill",
    "goal": 2,
    "earning": {"by": "visit", "cooldown_seconds": 0},
    "milestones": [{"stamps": 2, "reward": {"name": "A coffee", "path": "staff_scan"}}],
}
# What a page has of the moment and not of the card; the secret of a rotating code is beside its picture.
OF_THE_MOMENT = re.compile(
    r'(?<=")\w{64}(?=")|nonce="[\w+/=-]+"|\d+ \w+ \d{4}, \d\d:\d\d|data-now="\d+"|data-code-picture.*'
)


@dataclass
class Till:
    """Redeems one voucher after the other."""

    url: str
    key: str
    vouchers: list[str]
    redeemed: int = 0
    refused: list[str] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        with httpx.Client(base_url=self.url, timeout=20) as client:
            for voucher in self.vouchers:
                if self.enough.is_set():
                    return
                answer = redeem(client, self.key, voucher)
                self.redeemed += answer.status_code == 201
                if answer.status_code != 201:
                    self.refused.append(answer.text)


@pytest.fixture
def development(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Development]:
    copy_installation(data_dir / "shop")
    (data_dir / "planned").mkdir()
    monkeypatch.setenv("STAMPWELL_BACKUP_TO", str(data_dir / "planned"))
    served = Development(data_dir / "shop", free_port())
    served.start()
    try:
        yield served
    finally:
        served.stop()


@pytest.mark.short
def test_a_restored_shop_is_the_same_to_its_customers_and_its_till(development: Development, data_dir: Path) -> None:
    key = str(json.loads((development.data_dir / "demo.json").read_text())["api_key"])
    links, vouchers = open_cards(development, key)
    till = Till(development.url, key, vouchers[20:])
    with calling(development, key, callers=4) as callers, redeeming(till):
        wait_for_stamps(callers, 20)
        before = [caller.answered for caller in callers]
        stampwell(development.data_dir, "backup", str(data_dir / "shop.tar.age"), "--passphrase-file", words(data_dir))
        after = [caller.answered for caller in callers]
        wait_for_stamps(callers, 20)
    pages = pages_of(development, links)
    wait_for_planned(development.data_dir)
    development.stop()
    shutil.move(development.data_dir, data_dir / "lost")

    stampwell(development.data_dir, "restore", str(data_dir / "shop.tar.age"), "--passphrase-file", words(data_dir))
    development.start()

    assert differences(pages, pages_of(development, links)) == []
    stamps = [stamps_on(development, caller) for caller in callers]
    assert all(low <= found <= high + 1 for low, found, high in zip(before, stamps, after, strict=True))
    with httpx.Client(base_url=development.url, timeout=20) as client:
        assert [redeem(client, key, voucher).status_code for voucher in vouchers[:5]] == [201] * 5
        assert [redeem(client, key, voucher).status_code for voucher in vouchers[:5]] == [409] * 5
    assert till.refused == []
    print(f"{sum(after)} stamps, {till.redeemed} redemptions; {len(links)} links answer as before")


def test_a_restore_that_is_killed_is_known_and_goes_on(development: Development, data_dir: Path) -> None:
    stampwell(development.data_dir, "backup", str(data_dir / "shop.tar"))
    place = data_dir / "restored"
    for words_before_the_kill in ("Making a new database", "Bringing the database up to date"):
        kill_when_it_says(words_before_the_kill, place, data_dir / "shop.tar")

        refused = run(place, "migrate")

        assert refused.returncode == 1
        assert "Run the same `stampwell restore` again" in refused.stderr

    stampwell(place, "restore", str(data_dir / "shop.tar"))

    assert not (place / "restore-unfinished").exists()
    assert "not empty" in run(place, "restore", str(data_dir / "shop.tar")).stderr
    stampwell(place, "recount")


def open_cards(development: Development, key: str) -> tuple[list[str], list[str]]:
    """The links of cards and vouchers, and the vouchers."""
    program = post(development, key, "programs", PROGRAM)["id"]
    links, vouchers = [], []
    for number in range(CARDS):
        card = post(development, key, "cards", {"program_id": program})
        links.append(card["web_url"])
        if number < FULL:
            stamped = post(development, key, f"cards/{card['id']}/stamps", {"count": 2})
            vouchers += stamped["vouchers_issued"]
    # Those that are redeemed meanwhile may be open in the backup and used in the pages, so their links are left out.
    kept = [voucher["web_url"] for voucher in vouchers[:20]]
    return [*links[:20], *links[FULL:], *kept], [voucher["id"] for voucher in vouchers]


@contextmanager
def redeeming(till: Till) -> Iterator[None]:
    thread = threading.Thread(target=till.work)
    thread.start()
    try:
        yield
    finally:
        till.enough.set()
        thread.join()


def redeem(client: httpx.Client, key: str, voucher: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": os.urandom(8).hex()}
    return client.post(f"/api/v1/vouchers/{voucher}/redemption", json={}, headers=headers)


def pages_of(development: Development, links: list[str]) -> dict[str, tuple[int, str]]:
    with httpx.Client(base_url=development.url, timeout=20) as client:
        answers = {link: client.get(link) for link in links}
    return {link: (answer.status_code, OF_THE_MOMENT.sub("", answer.text)) for link, answer in answers.items()}


def differences(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    """Line by line, so that a failure can be read."""
    found = []
    for link, (status, text) in before.items():
        new_status, new_text = after[link]
        found += [] if status == new_status else [f"{link}: {status}, {new_status}"]
        found += [line for line in difflib.ndiff(text.splitlines(), new_text.splitlines()) if line[0] in "+-"]
    return sorted(set(found))


def words(data_dir: Path) -> str:
    file = data_dir / "words"
    file.write_text("correct horse battery staple\n")
    return str(file)


def run(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "stampwell", *arguments]
    return subprocess.run(command, env=environment(place), capture_output=True, text=True)


def stampwell(place: Path, *arguments: str) -> str:
    done = run(place, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "STAMPWELL_DATA": str(place), "STAMPWELL_SETTINGS": ""}


def kill_when_it_says(said: str, place: Path, archive: Path) -> None:
    command = [sys.executable, "-m", "stampwell", "restore", str(archive)]
    with subprocess.Popen(
        command, env=environment(place), stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr
        heard = [line for line in iter(process.stderr.readline, "") if kills(process, line, said)]
    assert heard, f"it never said “{said}”"


def kills(process: "subprocess.Popen[str]", line: str, said: str) -> bool:
    if said not in line:
        return False
    os.killpg(process.pid, 9)
    return True


def wait_for_planned(place: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while (last := last_backup(place)).went_well is None:
        assert time.monotonic() < limit, f"no planned backup was made: {last.trouble}"
        time.sleep(0.1)
    facts: dict[str, Any] = {"size": Path(last.place).stat().st_size, "trouble": ""}
    assert {"size": last.size, "trouble": last.trouble} == facts
    stampwell(place, "restore", "--check", last.place)
