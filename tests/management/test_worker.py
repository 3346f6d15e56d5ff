"""The worker goes on, whatever happens to one of its steps."""

import psycopg
import pytest
from django.db import OperationalError

from stampwell.management.commands.worker import _take
from stampwell.refusal import RequestInProgress

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("problem", [OperationalError(), psycopg.OperationalError(), RequestInProgress(), ValueError()])
def test_a_step_that_fails_is_written_down_and_the_next_one_is_taken(
    problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[str] = []

    def fail() -> None:
        raise problem

    def work() -> None:
        taken.append("work")

    for step in (fail, work):
        _take(step)

    assert taken == ["work"]
    assert "fail failed and will be tried again" in caplog.text
