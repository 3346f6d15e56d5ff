"""docs/operating/install.md, from an empty folder to a stamped card, with the program as people install it."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.database.folders import data_folder
from tests.processes import Program
from tests.serving import PATIENCE, free_port
from tests.web.dashboard.desk import PROGRAM

pytestmark = [pytest.mark.long, pytest.mark.machine_clock]
OWNER = "ada@lume.example"
SHOP = {"name": "Café Lume", "email": OWNER, "password": "ten stamps make a coffee", "locale": "lv", "currency": "EUR"}


class Installation:
    """A folder with a settings file, and a bare environment: no home, no locale of ours, a narrow umask."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.port = programs, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.surroundings = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [self.programs / "stampwell", *words],
            cwd=self.folder,
            env=self.surroundings,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[str]:
        """What it says until it is ready. It has to end in order."""
        log = self.folder / "log"
        with log.open("wb") as said:
            process = Program(
                [self.programs / "stampwell", "serve"], stdout=said, stderr=said, cwd=self.folder, env=self.surroundings
            )
        try:
            ends = time.monotonic() + 5 * PATIENCE
            while "is running" not in log.read_text("utf-8"):
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < ends, log.read_text("utf-8")
                time.sleep(0.1)
            yield log.read_text("utf-8")
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=2 * PATIENCE)
        assert process.returncode == 0, log.read_text("utf-8")
        assert log.read_text("utf-8").endswith("Stopped.\n")


@pytest.fixture
def installation(programs: Path) -> Iterator[Installation]:
    before = os.umask(0o027)
    try:
        with data_folder() as folder:
            yield Installation(programs, folder)
    finally:
        os.umask(before)


def send(browser: httpx.Client, path: str, **fields: str | list[str]) -> httpx.Response:
    """A form as the page sends it, with its token."""
    assert browser.get(path).status_code == 200
    [token] = [cookie.value for cookie in browser.cookies.jar if cookie.name.endswith("csrf")]
    form = {"csrfmiddlewaretoken": token, "once": uuid4().hex, **fields}
    answer = browser.post(path, data=form, headers={"Origin": str(browser.base_url).rstrip("/")})
    assert answer.status_code == 200, answer.text
    return answer


def open_a_shop(link: str, url: str) -> str:
    """With the invitation; the API key that the shop's till gets."""
    with httpx.Client(base_url=url, follow_redirects=True, timeout=PATIENCE) as browser:
        send(browser, link.removeprefix(url), **SHOP, time_zone="Europe/Riga")
        send(browser, "/programs/new/", **PROGRAM)
        scopes = ["programs:read", "cards:read", "cards:write", "cards:links", "stamps:write", "stamps:override"]
        made = send(browser, "/settings/keys/new/", name="Till", scopes=scopes)
    key: str = re.findall(r"sk_[\w-]+", made.text)[0]
    return key


class Till:
    def __init__(self, url: str, key: str) -> None:
        self.url, self.headers = f"{url}/api/v1", {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> Any:
        return httpx.get(self.url + path, headers=self.headers, timeout=PATIENCE).raise_for_status().json()

    def post(self, path: str, **body: str | bool) -> Any:
        headers = self.headers | {"Idempotency-Key": uuid4().hex}
        answer = httpx.post(self.url + path, json=body, headers=headers, timeout=PATIENCE)
        assert answer.status_code == 201, answer.text
        return answer.json()


def test_from_an_empty_folder_to_a_stamped_card(installation: Installation) -> None:
    told = installation.run(
        "setup",
        "--no-questions",
        "--file",
        "stampwell.env",
        "--address",
        installation.url,
        "--data",
        "data",
        "--owner",
        OWNER,
    )
    assert "stampwell serve" in told
    with installation.serving() as said:
        [link] = re.findall(r"http://\S+/open-your-shop/[0-9a-f]{40}/", said)
        assert httpx.get(f"{installation.url}/open-your-shop/").status_code == 403

        key = open_a_shop(link, installation.url)

        till = Till(installation.url, key)
        program = till.get("/programs")["items"][0]
        card = till.post("/cards", program_id=program["id"], locale="lv")
        till.post(f"/cards/{card['id']}/stamps")
        page = httpx.get(str(card["web_url"]))
        assert page.status_code == 200
        assert OWNER in installation.run("user", "list")
        assert "cards: 1" in installation.run("shop", "list")
    with installation.serving() as said:
        assert "open-your-shop" not in said  # the first owner is there
        assert Till(installation.url, key).get(f"/cards/{card['id']}")["stamps"] == 1
    assert "shops: 1" in installation.run("user", "list")  # also while nothing runs
