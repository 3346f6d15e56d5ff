"""A shop leaves one installation and comes to another: two real ones, each with its own folder, key and database.

Everything that somebody may hold of the shop is asked over HTTP at the new one, as it was at the old one.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from stampwell.backups.age import Passphrase
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.moving.reading import check
from tests.drills.exit_shop import Everything
from tests.drills.shop import PATIENCE
from tests.drills.test_backup import differences, environment, pages_of, run, words
from tests.drills.test_product import Development
from tests.moving.elsewhere import rows_of
from tests.serving import free_port
from tests.wallet.packages import OpenedPass, open_pass

pytestmark = pytest.mark.drill

WORDS = "correct horse battery staple"
MADE_ANEW = {"merchant", "people", "wallet_feed", "pass", "registration"}
PASSING = re.compile(r'data-version="\w+"')  # the worker writes down meanwhile which vouchers have ended
IMPORTED = 2  # cards of the shop, which count as new nowhere
LIBRARY = "a1b2c3d4e5f60718"


@pytest.fixture
def two(data_dir: Path) -> Iterator[tuple[Development, Development]]:
    """The old installation and the new one; both have the demo shop, of the same name."""
    both = Development(data_dir / "old", free_port()), Development(data_dir / "new", free_port())
    for one in both:
        one.start()
    try:
        yield both
    finally:
        for one in both:
            one.stop()


def shell(place: Path, call: str) -> "subprocess.CompletedProcess[str]":
    return run(place, "shell", "--no-imports", "-c", f"from tests.drills import exit_shop; exit_shop.{call}")


def opened(old: Development, file: Path) -> Everything:
    """While nobody else works there; afterwards the worker does what is left to do."""
    old.stop()
    done = shell(old.data_dir, f"open_shop({str(file)!r})")
    assert done.returncode == 0, done.stderr
    old.start()
    return msgspec.json.decode(file.read_bytes(), type=Everything)


def command(place: Development, *arguments: str) -> str:
    done = run(place.data_dir, "shop", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(place: Development, *arguments: str) -> str:
    done = run(place.data_dir, "shop", *arguments)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def exported(place: Development, slug: str, file: Path, passphrase: str) -> Path:
    """As soon as the worker has done what was asked for."""
    limit = time.monotonic() + PATIENCE
    while True:
        done = run(place.data_dir, "shop", "export", slug, str(file), "--passphrase-file", passphrase)
        if done.returncode == 0:
            return file
        assert "not done yet" in done.stderr, done.stderr
        assert time.monotonic() < limit
        time.sleep(0.5)


def pages(place: Development, shop: Everything) -> dict[str, tuple[int, str]]:
    links = [one.link for one in [*shop.cards, *shop.vouchers]] + shop.old_links + [*shop.no_messages.values()]
    found = pages_of(place, [link[link.index("/", 8) :] for link in links])
    return {link: (status, PASSING.sub("", text.replace(place.url, ""))) for link, (status, text) in found.items()}


def api(place: Development, key: str) -> httpx.Client:
    return httpx.Client(base_url=f"{place.url}/api/v1/", headers={"Authorization": f"Bearer {key}"}, timeout=20)


def scan(client: httpx.Client, code: str) -> tuple[int, Any]:
    answer = client.post("scans", json={"code": code}, headers={"Idempotency-Key": f"{time.monotonic_ns()}"})
    return answer.status_code, answer.json()


def figures(client: httpx.Client) -> Any:
    answer = client.get("figures")
    assert answer.status_code == 200, answer.text
    return answer.json()


def add_to_phone(place: Development, link: str) -> OpenedPass:
    """Downloads the pass and registers for it."""
    opened_pass = open_pass(httpx.get(f"{place.url}{link}/apple").raise_for_status().content)
    service, told = service_of(place, opened_pass), opened_pass.content
    registration = f"{service}/devices/{LIBRARY}/registrations/{told['passTypeIdentifier']}/{told['serialNumber']}"
    answer = httpx.post(registration, json={"pushToken": "ab" * 32}, headers=token_of(opened_pass))
    assert answer.status_code == 201, answer.text
    return opened_pass


def service_of(place: Development, held: OpenedPass) -> str:
    url = str(held.content["webServiceURL"])
    return f"{place.url}{url[url.index('/', 8) :]}/v1"


def token_of(held: OpenedPass) -> dict[str, str]:
    return {"Authorization": f"ApplePass {held.content['authenticationToken']}"}


def fetch_pass(place: Development, held: OpenedPass) -> OpenedPass:
    told = held.content
    url = f"{service_of(place, held)}/passes/{told['passTypeIdentifier']}/{told['serialNumber']}"
    answer = httpx.get(url, headers=token_of(held))
    assert answer.status_code == 200, answer.text
    return open_pass(answer.content)


def events_of(client: httpx.Client) -> tuple[list[Any], str]:
    items, after = [], "0"
    while True:
        page = client.get("events", params={"after": after, "limit": 100}).raise_for_status().json()
        items += page["items"]
        if not page["items"]:
            return items, str(page["next"])
        after = page["next"]


def all_counted(client: httpx.Client, *, cards: int) -> Any:
    """When the worker has read of the last card; nothing that it counts happened after that."""
    limit = time.monotonic() + PATIENCE
    while (found := figures(client))["total"]["new_cards"] != cards:
        assert time.monotonic() < limit, found
        time.sleep(0.5)
    return found


def wait_for_figures(client: httpx.Client, wanted: Any) -> None:
    limit = time.monotonic() + PATIENCE
    while (found := figures(client)) != wanted:
        assert time.monotonic() < limit, (found, wanted)
        time.sleep(0.5)


def test_a_shop_moves_and_nobody_notices(two: tuple[Development, Development], data_dir: Path) -> None:
    old, new = two
    shop, passphrase = opened(old, data_dir / "told"), words(data_dir)
    print("states", sorted({one.state for one in [*shop.cards, *shop.vouchers]}))
    held = add_to_phone(old, shop.cards[0].link[shop.cards[0].link.index("/c/") :])
    before = pages(old, shop)
    with api(old, shop.key) as till:
        events, cursor = events_of(till)
        counted = all_counted(till, cards=len(shop.cards) - IMPORTED)
    told = "--passphrase-file", passphrase
    command(old, "close", shop.slug)
    archive = exported(old, shop.slug, data_dir / "one.shop", passphrase)

    began = time.monotonic()
    said = command(new, "import", str(archive), *told, "--closed")
    print(f"read in after {time.monotonic() - began:.1f} s: {said.splitlines()[0]}")
    again = exported(new, shop.slug, data_dir / "two.shop", passphrase)
    compare(archive, again)
    command(new, "open", shop.slug)
    # The old one is still there and closed; what its pages said while it was open is said here.
    assert differences(before, pages(new, shop)) == []
    with api(new, shop.key) as till:
        wait_for_figures(till, counted)
        everything_opens(till, shop)
        assert till.get("events", params={"after": cursor}).json()["items"][0]["sequence"] == int(cursor) + 1
        assert [one["id"] for one in events_of(till)[0][: len(events)]] == [one["id"] for one in events]
    assert fetch_pass(new, held).content["serialNumber"] == held.content["serialNumber"]
    with httpx.Client(base_url=new.url, cookies={"station": shop.station}) as device:
        assert device.get("/scanner/").status_code in (200, 302)
        asked = device.get("/scanner/", follow_redirects=True)
        assert "Café Exit" in asked.text, asked.url
    assert "Café Exit" not in httpx.get(f"{new.url}/scanner/", follow_redirects=True).text
    for customer, link in shop.no_messages.items():
        assert httpx.post(f"{new.url}{link[link.index('/u/') :]}").status_code == 200, customer
    print("figures", json.dumps(counted)[:300])


def compare(archive: Path, again: Path) -> None:
    one, two = (rows_of(check(file, [Passphrase(WORDS)])) for file in (archive, again))
    for part in one.keys() - MADE_ANEW:
        assert two[part] == one[part], part
    print("rows", {part: len(rows) for part, rows in one.items()})


def everything_opens(till: httpx.Client, shop: Everything) -> None:
    """By the printed code, by the number, and by the code that changes."""
    for card in shop.cards:
        wanted = {"active": 201, "void": 409, "erased": 404}[card.state]
        for code in (card.code, card.number, rotating_of(card.number, card.secret)):
            status, answer = scan(till, code)
            known = status == 409 and answer["code"] in ("stamping_paused", "cooldown")  # by what it is of
            assert status == wanted or known, (card, answer)
    for voucher in shop.vouchers:
        status, answer = scan(till, voucher.code)
        assert status in (200, 201, 409), answer
        assert status == 409 or answer["voucher"]["id"] == voucher.id


def rotating_of(number: str, secret: str) -> str:
    return rotating_text(number, code_at_step(bytes.fromhex(secret), int(time.time()) // STEP_SECONDS))


def test_what_goes_wrong_on_the_way(two: tuple[Development, Development], data_dir: Path) -> None:
    """Wrong words, a name that is taken, a full disk; and the import is killed after each part."""
    old, new = two
    shop, passphrase = opened(old, data_dir / "told"), words(data_dir)
    told = "--passphrase-file", passphrase
    command(old, "close", shop.slug)
    archive = exported(old, shop.slug, data_dir / "one.shop", passphrase)
    (data_dir / "other").write_text("another passphrase altogether\n")
    assert "does not open" in refused(new, "import", str(archive), "--passphrase-file", str(data_dir / "other"))
    demo = exported(old, "cafe-lume", data_dir / "demo.shop", passphrase)
    assert "has the name cafe-lume" in refused(new, "import", str(demo), *told)
    full_disk(old, shop.slug, data_dir, passphrase)

    kills = killed_after_each(new, archive, passphrase, rounds=3)
    command(new, "discard", shop.slug)
    kills += killed_after_each(new, archive, passphrase, rounds=100)

    assert [status for status, _text in pages(new, shop).values()].count(200) >= len(shop.cards)
    print(f"killed {kills} times; the shop is there")


def full_disk(place: Development, slug: str, folder: Path, passphrase: str) -> None:
    """A limit on files ends a write as a full disk does; nothing is left of it."""
    words_of_it = [sys.executable, "-m", "stampwell", "shop", "export", slug, str(folder / "full.shop")]
    limited = ["bash", "-c", 'ulimit -f 8; exec "$@"', "-", *words_of_it, "--passphrase-file", passphrase]
    done = subprocess.run(limited, env=environment(place.data_dir), capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    print("full disk:", done.stderr.strip())
    assert not [*folder.glob("*full*")]


def killed_after_each(place: Development, archive: Path, passphrase: str, *, rounds: int) -> int:
    """How often it had to be killed until all was there, or so many rounds."""
    arguments = f"{str(archive)!r}, '--passphrase-file', {passphrase!r}"
    for kills in range(rounds):
        done = shell(place.data_dir, f"die_after(2, {arguments})")
        if done.returncode == 0:
            return kills
        assert done.returncode == -9, done.stderr
    return rounds
