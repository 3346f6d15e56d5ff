"""The disk fills up in the middle of writes: a clear message, nothing confirmed is lost, and it recovers."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stampwell.database import DatabaseTrouble, running_server
from tests.database.folders import data_folder
from tests.drills.shop import busy_shop, count_lost, wait_until_said

pytestmark = [pytest.mark.drill, pytest.mark.short]


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of its own, in memory: making one takes root."""
    if os.geteuid() != 0:
        pytest.skip("a small disk can be made by root only")
    with data_folder() as folder:
        disk = folder / "disk"
        disk.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m,mode=755", "tmpfs", disk])
        if made.returncode:
            pytest.skip("this machine lets nobody mount a small disk, not even root")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_full_disk_loses_nothing_and_recovers_when_space_returns(small_disk: Path) -> None:
    said: list[str] = []
    with (
        running_server(small_disk / "shop", said.append) as url,
        busy_shop(url, small_disk.parent / "notes") as shop,
    ):
        wait_until_said(said, "is full")
        before = shop.confirmed()
        subprocess.run(["mount", "-o", "remount,size=300m", small_disk], check=True)
        after = shop.work(100)
        shop.close()

        lost = count_lost(url, shop)
        full = next(text for text in said if "is full" in text)
        print(f"disk full after {before} rows, {after} after space returned, {lost} lost; said: {full}")
    assert lost == 0
    assert "Free some space" in full
    assert said[-1] == "The database takes connections again."


def test_a_disk_too_small_for_a_new_database_is_named_and_leaves_nothing_half_made(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)

    with pytest.raises(DatabaseTrouble, match="No space left on device"), running_server(small_disk / "shop"):
        pass

    subprocess.run(["mount", "-o", "remount,size=120m", small_disk], check=True)
    with running_server(small_disk / "shop") as url:
        print(f"made after space returned: {url.partition('?')[2]}")
