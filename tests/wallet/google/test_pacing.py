from datetime import timedelta

import pytest

from stampwell.wallet.google.models import GooglePace
from stampwell.wallet.google.rate import hold_off, is_held, wait_for_turn
from tests.moments import database_now

pytestmark = pytest.mark.django_db


def test_nobody_asks_while_google_is_left_alone() -> None:
    assert wait_for_turn(at_most=0.5)

    hold_off(30)

    assert is_held()
    assert not wait_for_turn(at_most=10)


def test_google_is_left_alone_for_ten_minutes_at_most() -> None:
    hold_off(86_400)

    ahead = GooglePace.objects.get().next - database_now()

    assert timedelta(seconds=590) < ahead < timedelta(seconds=610)


def test_a_moment_from_a_wrong_clock_is_not_believed() -> None:
    GooglePace.objects.create(id=1, next=database_now() + timedelta(hours=5))

    assert not is_held()
    assert wait_for_turn(at_most=0.5)
    assert GooglePace.objects.get().next < database_now() + timedelta(seconds=5)
