"""What of a commit has to be set before it is released."""

from datetime import UTC, datetime, timedelta

import pytest

from release.checkout import CHECKS, LONGEST_AGO, ROOT, why_not_released_lately
from stampwell.management.start_checks import RELEASED

OURS = (ROOT / CHECKS).read_text()


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=1), LONGEST_AGO])
def test_a_release_says_when_it_was_made(later: timedelta) -> None:
    assert why_not_released_lately(OURS, RELEASED + later) is None


@pytest.mark.parametrize("later", [timedelta(seconds=-1), LONGEST_AGO + timedelta(seconds=1), timedelta(days=400)])
def test_the_day_of_an_earlier_release_is_a_fault_and_so_is_one_to_come(later: timedelta) -> None:
    assert f"is {RELEASED:%d %B %Y}. Set it to a day before" in str(why_not_released_lately(OURS, RELEASED + later))


def test_a_release_that_does_not_say_when_it_was_made_is_a_fault() -> None:
    assert "says nowhere" in str(why_not_released_lately("RELEASED = None\n", datetime(2026, 11, 2, tzinfo=UTC)))
