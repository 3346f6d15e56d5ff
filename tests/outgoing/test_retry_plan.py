"""When what failed is tried again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from stampwell.outgoing import RetryPlan, wait_asked_for

AT = datetime(2026, 3, 28, 23, 59, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PLAN = RetryPlan((5 * SECOND, 300 * SECOND, 2 * HOUR), jitter=0.5)


@pytest.mark.parametrize(
    ("failures", "chance", "pause"),
    [
        (1, 0, 5 * SECOND),
        (2, 0, 300 * SECOND),
        (3, 0, 2 * HOUR),
        (1, 1, 7.5 * SECOND),
        (3, 0.5, 2.5 * HOUR),
    ],
)
def test_pauses_grow_and_chance_makes_them_longer(failures: int, chance: float, pause: timedelta) -> None:
    assert PLAN.next_try(failures=failures, at=AT, chance=chance) == AT + pause


@pytest.mark.parametrize("failures", [4, 5, 100])
def test_after_the_last_pause_it_is_given_up(failures: int) -> None:
    assert PLAN.next_try(failures=failures, at=AT, chance=0) is None


def test_a_plan_without_pauses_tries_once() -> None:
    assert RetryPlan(()).next_try(failures=1, at=AT, chance=0, asked_for=HOUR) is None


@pytest.mark.parametrize(
    ("asked_for", "pause"),
    [(SECOND, 5 * SECOND), (6 * SECOND, 6 * SECOND), (timedelta(days=400), 2 * HOUR)],
    ids=["shorter", "longer", "for ever"],
)
def test_a_wait_that_is_asked_for_is_granted_but_not_without_end(asked_for: timedelta, pause: timedelta) -> None:
    assert PLAN.next_try(failures=1, at=AT, chance=0, asked_for=asked_for) == AT + pause


@given(some.integers(1, 3), some.floats(0, 1), some.none() | some.timedeltas(timedelta(0), timedelta(days=9)))
def test_no_try_comes_early_or_later_than_the_longest_pause(
    failures: int, chance: float, asked_for: timedelta | None
) -> None:
    at = PLAN.next_try(failures=failures, at=AT, chance=chance, asked_for=asked_for)

    assert at is not None
    assert PLAN.pauses[failures - 1] <= at - AT <= PLAN.longest * (1 + PLAN.jitter)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", 120 * SECOND),
        ("0", timedelta()),
        (format_datetime(AT + HOUR, usegmt=True), HOUR),
        ("Sun, 29 Mar 2026 00:00:00 -0000", 60 * SECOND),
        ("Sun, 06 Nov 1994 08:49:37 GMT", timedelta()),
        ("1.5", None),
        ("-5", None),
        ("٣", None),
        ("soon", None),
        ("Sun, 99 Nov 2026 08:49:37 GMT", None),
        ("", None),
        ("9" * 400, 999_999_999 * SECOND),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(said: str, wait: timedelta | None) -> None:
    assert wait_asked_for(said, at=AT) == wait
