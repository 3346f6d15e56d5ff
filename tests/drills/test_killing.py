"""Things are killed in the middle of writes: no confirmed write is lost, and work goes on by itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from stampwell.database import running_server
from stampwell.database.leftovers import recorded_pid
from tests.database.test_leftovers import keeper_process
from tests.drills.shop import busy_shop, count_lost, wait_until_said

BACK = "The database takes connections again."

pytestmark = [pytest.mark.drill, pytest.mark.short]


def test_the_application_is_killed(data_dir: Path) -> None:
    with running_server(data_dir) as url, busy_shop(url, data_dir / "notes") as shop:
        for kill in range(1, 6):
            victim = shop.running[f"writer-{kill % 4}"]
            victim.kill()
            victim.wait()
            shop.hire(url, f"writer-after-kill-{kill}")
            shop.work(100)
        shop.close()

        lost = count_lost(url, shop)
        print(f"application killed 5 times: {shop.confirmed()} rows confirmed, {lost} lost")
    assert lost == 0


def test_the_server_is_killed(data_dir: Path) -> None:
    said: list[str] = []
    with running_server(data_dir, said.append) as url, busy_shop(url, data_dir / "notes") as shop:
        for kill in range(1, 6):
            kill_server(data_dir)
            shop.work(100)
            wait_until_said(said, BACK, times=kill)  # the writers may be back before its keeper has looked
        shop.close()

        lost = count_lost(url, shop)
        print(f"server killed 5 times: {shop.confirmed()} rows confirmed, {lost} lost")
    assert lost == 0
    assert said.count(BACK) == 5
    assert sum("Something outside killed it" in text for text in said) == 5


def test_one_connection_is_killed(data_dir: Path) -> None:
    with running_server(data_dir) as url, busy_shop(url, data_dir / "notes") as shop:
        for _ in range(5):
            os.kill(some_backend(url), signal.SIGKILL)
            shop.work(100)
        shop.close()

        lost = count_lost(url, shop)
        print(f"one connection killed 5 times: {shop.confirmed()} rows confirmed, {lost} lost")
    assert lost == 0


def test_the_keeper_is_killed_and_started_again(data_dir: Path) -> None:
    """The server stops with it, or is stopped by the next start; the folder is free at once."""
    with running_server(data_dir) as url, busy_shop(url, data_dir / "notes") as shop:
        shop.close()
    rounds = 3
    for kill in range(rounds):
        keeper = keeper_process(data_dir)
        for index in range(4):
            shop.hire((data_dir / "database/address").read_text(), f"round-{kill}-writer-{index}")
        shop.work(100)
        keeper.kill()
        keeper.wait()
        shop.close()
    with running_server(data_dir) as url:
        lost = count_lost(url, shop)
    print(f"keeper killed {rounds} times: {shop.confirmed()} rows confirmed, {lost} lost")
    assert lost == 0


def test_a_second_start_does_no_harm_to_a_busy_database(data_dir: Path) -> None:
    with running_server(data_dir) as url, busy_shop(url, data_dir / "notes") as shop:
        for _ in range(3):
            command = [sys.executable, "-m", "stampwell.database", "--data", str(data_dir)]
            second = subprocess.run(command, capture_output=True, text=True)
            assert second.returncode == 1
            assert "in use by process" in second.stderr
            shop.work(50)
        shop.close()

        lost = count_lost(url, shop)
        print(f"second start refused 3 times: {shop.confirmed()} rows confirmed, {lost} lost")
        print(f"the message was: {second.stderr.strip()}")
    assert lost == 0


def kill_server(data_dir: Path) -> None:
    pid = recorded_pid(data_dir / "database/cluster")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def some_backend(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE 'INSERT%' AND pid <> pg_backend_pid() LIMIT 1"
        ).fetchone()
    assert row is not None
    return int(row[0])
