"""A run may move the machine to another day; what goes by the machine's clock stays in its own."""

import time
from datetime import datetime
from pathlib import Path

import pytest

from tests.moments import TODAY

HOUR = 3600


def ahead_of_the_disk(folder: Path) -> float:
    """Seconds. What the kernel writes beside a file is of the machine's own day, whatever Python believes."""
    file = folder / "file"
    file.touch()
    return time.time() - file.stat().st_mtime


@pytest.mark.machine_clock
def test_what_goes_by_the_machines_clock_is_in_its_own_day(tmp_path: Path) -> None:
    assert abs(ahead_of_the_disk(tmp_path)) < HOUR


def test_all_others_believe_in_the_day_that_the_run_asks_for(tmp_path: Path) -> None:
    own, ahead = time.time() - ahead_of_the_disk(tmp_path), TODAY.startswith("+") or not TODAY
    wanted = own + int(TODAY or 0) * 24 * HOUR if ahead else datetime.fromisoformat(TODAY).timestamp()

    assert abs(time.time() - wanted) < HOUR
