"""What is done for all shops is done for each of them, whatever happens at another."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection

from stampwell.events.models import Event
from stampwell.schedule import order_events
from stampwell.transactions import all_shops, for_each_merchant, merchants_where
from tests.world import Shop, open_lume, open_rossi

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT DISTINCT merchant_id FROM event WHERE sequence IS NULL"
NOBODY_CAN_SAY = "SELECT merchant_id FROM a_table_that_lies_on_a_dead_node"


@pytest.fixture(autouse=True)
def _no_trouble_before() -> None:
    all_shops._in_trouble.clear()


@pytest.fixture
def shops() -> tuple[Shop, Shop]:
    lume, rossi = open_lume(), open_rossi()
    for shop in (lume, rossi):
        shop.publish()
    return lume, rossi


@pytest.fixture
def broken(shops: tuple[Shop, Shop]) -> Iterator[Shop]:
    """Lume, whose events the database refuses to number."""
    lume, _rossi = shops
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE event ADD CONSTRAINT broken"
            f" CHECK (merchant_id <> '{lume.merchant.id}' OR sequence IS NULL) NOT VALID"
        )
    yield lume
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE event DROP CONSTRAINT IF EXISTS broken")


def mend() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE event DROP CONSTRAINT broken")


def waiting(shop: Shop) -> int:
    return Event.objects.filter(merchant=shop.merchant, sequence=None).count()


def test_one_shop_whose_statements_fail_holds_up_no_other(shops: tuple[Shop, Shop], broken: Shop) -> None:
    lume, rossi = shops

    order_events()

    assert waiting(lume) > 0
    assert waiting(rossi) == 0


def test_what_fails_again_and_again_is_written_down_once(broken: Shop, caplog: pytest.LogCaptureFixture) -> None:
    for _time in range(3):
        order_events()
    failures = [record.message for record in caplog.records]
    mend()
    order_events()

    assert failures == [f"put_in_order at {broken.merchant.id} failed and will be tried again"]
    assert caplog.records[-1].message == f"put_in_order at {broken.merchant.id} works again"
    assert waiting(broken) == 0


def test_where_nobody_can_say_who_has_work_everybody_is_asked(
    shops: tuple[Shop, Shop], caplog: pytest.LogCaptureFixture
) -> None:
    found = [merchants_where(NOBODY_CAN_SAY) for _time in range(2)]

    assert [set(merchants) for merchants in found] == [{shop.merchant.id for shop in shops}] * 2
    assert [record.message for record in caplog.records] == [
        f"Asking default: {NOBODY_CAN_SAY} failed and will be tried again"
    ]


def test_only_who_has_work_is_named(shops: tuple[Shop, Shop]) -> None:
    lume, _rossi = shops
    order_events()
    lume.publish(name="Tea card")

    assert merchants_where(WAITING) == [lume.merchant.id]


def test_a_lost_connection_costs_one_shop_its_turn(shops: tuple[Shop, Shop]) -> None:
    lume, rossi = shops
    reached: list[UUID] = []

    def act(merchant_id: UUID) -> None:
        if merchant_id == lume.merchant.id:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        reached.append(merchant_id)

    for_each_merchant([lume.merchant.id, rossi.merchant.id], act)

    assert reached == [rossi.merchant.id]
