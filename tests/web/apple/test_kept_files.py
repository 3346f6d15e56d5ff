"""A file that was signed is kept: the same question gets the same bytes, however much later."""

from datetime import timedelta

import pytest

from stampwell import clock
from tests.wallet.phone import HeldByPhone
from tests.web.customer import give_stamps
from tests.world import HeldCard

pytestmark = pytest.mark.django_db


def test_the_same_version_is_the_same_file_an_hour_later(held: HeldByPhone, card: HeldCard) -> None:
    begun = clock.now()
    with clock.stopped_at(begun):
        first = held.fetch().content
    with clock.stopped_at(begun + timedelta(hours=1)):
        later = held.fetch().content
        give_stamps(card, 1)
        changed = held.fetch().content

    assert later == first  # signed anew it would carry another time of signing
    assert changed != first
