"""The way back to any moment, by the steps of docs/operating/any-moment.md as they stand there."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from stampwell.database import DatabaseTrouble, find_running_server, running_server
from stampwell.database.account import Account
from stampwell.database.programs import find_programs
from tests.database.folders import account_of
from tests.drills.test_backup import PROGRAM
from tests.drills.test_product import Development, post
from tests.serving import free_port

pytestmark = pytest.mark.drill

REWARD = [{"stamps": 10, "reward": {"name": "A coffee", "path": "staff_scan"}}]
PAGE = Path(__file__).parents[2] / "docs" / "operating" / "any-moment.md"
# The page is for a service that systemd keeps, of the user `stampwell`. Here the drill keeps it, and our own program is
# run by whoever runs the drill, for the checkout is closed to that user; so the data folder is the drill's as well.
ELSEWHERE = """
set -eu
systemctl() { :; }
stampwell() { "$PYTHON" -m stampwell "$@"; }
runuser() {
    shift 3
    case $1 in
    env) shift; (export "$1"; shift; "$@") ;;
    stampwell) "$@" ;;
    *) if [ "$(id -u)" = 0 ]; then command runuser -u "$OWNER" -- "$@"; else "$@"; fi ;;
    esac
}
install() {
    shift 7
    mkdir -p -m 700 "$@"
    for folder; do
        [ "$(id -u)" != 0 ] || [ "$folder" = "$DATA" ] || chown "$OWNER" "$folder"
    done
}
"""


class Steps:
    """The page's, in its order."""

    def __init__(self, data: Path, kept: Path, account: Account) -> None:
        self.blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
        self.environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
            "DATA": str(data),
            "KEPT": str(kept),
            "PROGRAMS": str(find_programs(account)),
            "OWNER": str(account.uid) if account.is_caller else "stampwell",
            "PYTHON": sys.executable,
            "PLACE": f"{data}-as-it-was",
            "STAMPWELL_DATA": str(data),
            "STAMPWELL_SETTINGS": "",
        }

    def run(self, beginning: str) -> None:
        [block] = [block for block in self.blocks if block.startswith(beginning)]
        done = subprocess.run(["bash", "-c", ELSEWHERE + block], env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def development(data_dir: Path) -> Iterator[Development]:
    served = Development(data_dir / "shop", free_port())
    served.start()
    try:
        yield served
    finally:
        served.stop()


def test_a_shop_goes_back_to_the_moment_before_a_mistake(development: Development, data_dir: Path) -> None:
    data, kept = development.data_dir, data_dir / "kept"
    key = key_of(data)
    steps = Steps(data, kept, account_of(data))
    steps.run('install -d -o stampwell -g stampwell -m 700 "$KEPT"')
    development.stop()
    development.start()
    for number in range(3):
        steps.run("base=")
        tell_apart(kept / "base", number)
    card = a_stamped_card(development, key, 3)
    steps.run("ls -d")
    moment = now_in(data)
    mistakes = [post(development, key, f"cards/{card}/stamps", {"count": 1}) for _ in range(2)]
    lost = a_stamped_card(development, key, 1)
    development.stop()

    steps.environment |= {"MOMENT": moment, "BASE": str(min((kept / "base").iterdir()))}
    steps.run("PLACE=")
    shutil.copy(data / "demo.json", f"{data}-as-it-was")
    steps.run("runuser -u stampwell -- env")
    development.start()

    assert len(mistakes) == 2
    assert stamps_of(development, key, card) == 3
    assert answer(development, key, lost).status_code == 404
    assert (data_dir / "shop.before").is_dir()
    assert len(list((kept / "base").iterdir())) == 2
    print(f"back to {moment}: 3 stamps of 5, {len(list((kept / 'log').iterdir()))} files of what was written")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2100-01-01 00:00+00", "recovery ended before configured recovery target was reached"),
        ("soon", r"postgresql\.conf. contains errors"),
    ],
)
def test_a_moment_that_cannot_be_reached_is_told(data_dir: Path, moment: str, said: str) -> None:
    data, kept = data_dir / "shop", data_dir / "kept"
    with running_server(data):
        steps = Steps(data, kept, account_of(data))
        steps.run('install -d -o stampwell -g stampwell -m 700 "$KEPT"')
    with running_server(data) as url:
        steps.run("base=")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE written (number int)")
    for folder in ("keys", "wallet"):
        (data / folder).mkdir()
    [base] = (kept / "base").iterdir()
    steps.environment |= {"MOMENT": moment, "BASE": str(base)}
    steps.run("PLACE=")

    with pytest.raises(DatabaseTrouble, match=said), running_server(data_dir / "shop-as-it-was"):
        pytest.fail("it takes connections before the moment is reached")


def tell_apart(copies: Path, number: int) -> None:
    """They are named by the second, and a small one takes less."""
    newest = max(copies.iterdir(), key=lambda copy: copy.stat().st_mtime_ns)
    newest.rename(copies / f"{newest.name.partition('-')[0]}-{number}")


def key_of(data: Path) -> str:
    return str(json.loads((data / "demo.json").read_text())["api_key"])


def a_stamped_card(development: Development, key: str, stamps: int) -> str:
    program = post(development, key, "programs", {**PROGRAM, "goal": 10, "milestones": REWARD})["id"]
    card = str(post(development, key, "cards", {"program_id": program})["id"])
    for _stamp in range(stamps):
        post(development, key, f"cards/{card}/stamps", {"count": 1})
    return card


def now_in(data: Path) -> str:
    """By the clock of the database, for it is the one that is asked later."""
    url = find_running_server(data)
    assert url
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT clock_timestamp()::text").fetchone()
    assert row
    return str(row[0])


def answer(development: Development, key: str, card: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{development.url}/api/v1/cards/{card}", headers=headers, timeout=20)


def stamps_of(development: Development, key: str, card: str) -> int:
    return int(answer(development, key, card).raise_for_status().json()["stamps"])
