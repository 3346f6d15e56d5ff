"""Many taps at the limit of a day: no more get through than it lets."""

from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.models import DayCount, Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.local_time import local_day
from stampwell.merchants.managers import NeedsManager
from stampwell.merchants.models import Merchant
from stampwell.merchants.protection import Protection
from tests.races.callers import run_together
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
TAPS = 16


def protect(shop: Shop, **limits: Any) -> Merchant:
    change_staff_limits(
        shop.merchant,
        most_stamps_at_once=10,
        most_stamps_with_override=5,
        protection=Protection(**limits),
        actor=shop.actor,
    )
    return Merchant.objects.get(id=shop.merchant.id)


def tell(ends: list[BaseException | None]) -> tuple[int, int]:
    """How many were done, and how many were told to ask a manager."""
    return sum(end is None for end in ends), sum(isinstance(end, NeedsManager) for end in ends)


def test_taps_of_one_person_on_many_cards_and_devices_stop_at_the_limit() -> None:
    shop = open_lume()
    bo, phones = shop.hire("Bo"), [shop.scanner(name)[0] for name in ("Left", "Right")]
    shop_now = protect(shop, most_stamps_by_person_a_day=10, most_stamps_by_device_a_day=100)
    offer = shop.publish(earning=AT_ONCE)
    taps = [(offer.card(), phones[place % 2]) for place in range(TAPS)]

    def tap(card_id: Any, station_id: Any) -> None:
        actor = Actor(source="scanner", location_id=shop.location.id, station_id=station_id, staff_member_id=bo.id)
        add_stamp(shop_now, card_id, Purchase(count=2), actor=actor)

    ends = run_together(*[lambda card=card, phone=phone: tap(card.id, phone.id) for card, phone in taps])

    assert tell(ends) == (5, TAPS - 5)
    assert Stamp.objects.filter(merchant=shop.merchant).count() == 5
    assert DayCount.objects.get(merchant=shop.merchant, subject_id=bo.id).stamps == 10


def test_taps_of_many_people_at_one_device_stop_at_the_limit() -> None:
    shop = open_lume()
    people, phone = [shop.hire(f"Bo {number}") for number in range(4)], shop.scanner()[0]
    shop_now = protect(shop, most_stamps_by_person_a_day=100, most_stamps_by_device_a_day=7)
    offer = shop.publish(earning=AT_ONCE)
    taps = [(offer.card(), people[place % 4]) for place in range(TAPS)]

    def tap(card_id: Any, member_id: Any) -> None:
        actor = Actor(source="scanner", location_id=shop.location.id, station_id=phone.id, staff_member_id=member_id)
        add_stamp(shop_now, card_id, Purchase(), actor=actor)

    ends = run_together(*[lambda card=card, bo=bo: tap(card.id, bo.id) for card, bo in taps])

    assert tell(ends) == (7, TAPS - 7)


def test_taps_on_one_card_stop_at_the_limit() -> None:
    shop = open_lume()
    shop_now = protect(shop, most_stamps_on_card_a_day=6)
    card, till = shop.publish(earning=AT_ONCE).card(), Actor(source="api", location_id=shop.location.id)

    ends = run_together(*[lambda: add_stamp(shop_now, card.id, Purchase(), actor=till)] * TAPS)

    assert tell(ends) == (6, TAPS - 6)
    assert card.row.stamps == 6


def test_the_race_exists_where_it_is_read_before_it_is_written() -> None:
    shop = open_lume()
    bo, day = shop.hire("Bo"), local_day(shop.merchant, now())
    row = DayCount.objects.create(id=new_id(), merchant=shop.merchant, subject_id=bo.id, day=day, stamps=0, overrides=0)
    done, everybody_has_read = list[int](), Barrier(8, timeout=60)

    def tap_carelessly() -> None:
        with connection.cursor() as cursor:
            where = [shop.merchant.id, row.id]
            cursor.execute("SELECT stamps FROM day_count WHERE merchant_id = %s AND id = %s", where)
            stamps = cursor.fetchone()[0]
            everybody_has_read.wait()
            if stamps + 1 <= 2:
                done.append(1)
                cursor.execute(
                    "UPDATE day_count SET stamps = %s WHERE merchant_id = %s AND id = %s", [stamps + 1, *where]
                )

    run_together(*[tap_carelessly] * 8)

    assert len(done) > 2
