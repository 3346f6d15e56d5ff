"""Followers read every event once, each at its own pace, and go on wherever they were stopped."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.draining import put_in_order
from stampwell.events.models import EventCursor
from stampwell.events.reader import (
    BATCH,
    BATCHES_A_TURN,
    Follower,
    Lag,
    follow,
    lag_of,
    merchants_behind,
    rewind,
    take_turn,
)
from stampwell.events.rows import EventRow
from stampwell.reactions import FOLLOWERS, find_follower
from stampwell.refusal import RequestInProgress
from stampwell.schedule import follow_events
from stampwell.transactions import Statements
from tests.races.callers import run_together
from tests.serving import database_url
from tests.world import HeldCard, Shop, open_lume, open_rossi

AT_ONCE = {"by": "visit", "cooldown_seconds": 0}


class Died(Exception):
    """The power went."""


def reader(follow: Callable[[Statements, list[EventRow]], None], name: str = "tests") -> Follower:
    return Follower(name=name, follow=follow)


def happen(shop: Shop, times: int) -> HeldCard:
    """Two events for the shop's program and card, then so many stamps; all are in order."""
    card = shop.publish(earning=AT_ONCE, goal=100, milestones=[{"stamps": 100, "reward": {"name": "Tea"}}]).card()
    for _number in range(times):
        add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
    put_in_order(shop.merchant.id)
    return card


def read_all(shop: Shop, follower: Follower, batch: int = BATCH) -> None:
    while follow(shop.merchant.id, follower, batch=batch):
        pass


def test_each_event_is_read_once_and_in_order(lume: Shop) -> None:
    happen(lume, 5)
    seen: list[int | None] = []
    collect = reader(lambda _tx, events: seen.extend(event.sequence for event in events))

    read_all(lume, collect, batch=2)
    happen(lume, 1)
    read_all(lume, collect, batch=2)

    assert seen == list(range(1, 11))


def test_what_a_follower_that_dies_has_written_is_gone_and_is_written_again(lume: Shop) -> None:
    happen(lume, 3)
    seen: list[UUID] = []
    dies = iter([True, False, False, False])

    def work(tx: Statements, events: list[EventRow]) -> None:
        tx.write("UPDATE merchant SET name = name || '.' WHERE id = %s", (tx.merchant_id,))
        seen.extend(event.id for event in events)
        if next(dies):
            raise Died

    with pytest.raises(Died):
        follow(lume.merchant.id, reader(work), batch=10)
    read_all(lume, reader(work), batch=10)

    lume.merchant.refresh_from_db()
    assert lume.merchant.name == "Café Lume."
    assert seen[:5] == seen[5:]


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    lume, rossi = open_lume(), open_rossi()
    seen: list[UUID] = []

    def fail_at_lume(tx: Statements, events: list[EventRow]) -> None:
        assert tx.merchant_id != lume.merchant.id
        seen.extend(event.id for event in events)

    happen(lume, 2)
    happen(rossi, 2)
    failing, fine = reader(fail_at_lume, "failing"), reader(lambda _tx, _events: None, "fine")
    monkeypatch.setattr("stampwell.schedule.FOLLOWERS", [failing, fine])

    follow_events()

    assert merchants_behind(failing) == [lume.merchant.id]
    assert merchants_behind(fine) == []
    assert len(seen) == 4


@pytest.mark.django_db(transaction=True)
def test_a_follower_that_is_busy_holds_up_no_other() -> None:
    lume = open_lume()
    happen(lume, 2)
    slow, quick = reader(lambda _tx, _events: None, "slow"), reader(lambda _tx, _events: None, "quick")
    follow(lume.merchant.id, slow, batch=1)

    with psycopg.connect(database_url()) as busy:
        busy.execute("SELECT 1 FROM event_cursor WHERE name = 'slow' FOR UPDATE")
        read_all(lume, quick)
        with pytest.raises(RequestInProgress):
            follow(lume.merchant.id, slow)

    assert merchants_behind(quick) == []
    assert merchants_behind(slow) == [lume.merchant.id]


@pytest.mark.django_db(transaction=True)
def test_two_workers_read_each_event_once_between_them() -> None:
    lume = open_lume()
    happen(lume, 30)
    seen: list[int | None] = []
    collect = reader(lambda _tx, events: seen.extend(event.sequence for event in events))

    run_together(*[lambda: read_all(lume, collect, batch=1)] * 2)

    assert seen == list(range(1, 33))


def test_a_shop_with_very_much_to_read_lets_others_have_their_turn(lume: Shop) -> None:
    happen(lume, 12)
    seen: list[int | None] = []
    collect = reader(lambda _tx, events: seen.extend(event.sequence for event in events))

    take_turn(lume.merchant.id, collect, batch=1)
    first = list(seen)
    take_turn(lume.merchant.id, collect, batch=1)

    assert (first, seen) == (list(range(1, BATCHES_A_TURN + 1)), list(range(1, 15)))


def test_the_lag_counts_events_and_shops(lume: Shop, rossi: Shop) -> None:
    begun = now()
    nobody = reader(lambda _tx, _events: None)
    with stopped_at(begun):
        happen(lume, 3)
    with stopped_at(begun + timedelta(seconds=5)):
        happen(rossi, 1)

    assert lag_of(nobody) == Lag(shops=2, events=8, since=begun)
    follow(lume.merchant.id, nobody)
    assert lag_of(nobody) == Lag(shops=1, events=3, since=begun + timedelta(seconds=5))
    follow(rossi.merchant.id, nobody)
    assert lag_of(nobody) == Lag(shops=0, events=0, since=None)


def test_a_rewound_follower_forgets_and_reads_everything_again(lume: Shop) -> None:
    happen(lume, 3)
    seen: list[int | None] = []

    def collect(_tx: Statements, events: list[EventRow]) -> None:
        seen.extend(event.sequence for event in events)

    follower = Follower(name="tests", follow=collect, forget=lambda _tx: seen.clear())
    read_all(lume, follower)

    rewind(lume.merchant.id, follower)
    assert seen == []
    read_all(lume, follower)

    assert seen == [1, 2, 3, 4, 5]


def test_no_two_followers_share_a_cursor() -> None:
    names = [follower.name for follower in FOLLOWERS]

    assert len(set(names)) == len(names)
    assert [find_follower(name) for name in names] == FOLLOWERS
    assert find_follower("nobody") is None


def test_the_wallets_go_on_where_they_were_before_they_had_cursors(lume: Shop) -> None:
    """The step of the upgrade, on a table as it was then."""
    move = import_module("stampwell.migrations.0010_event_cursor").move_cursors
    happen(lume, 3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wallet_feed ADD COLUMN last_sequence bigint NOT NULL DEFAULT 4")
        cursor.execute(
            "INSERT INTO wallet_feed (merchant_id, id, last_tag) VALUES (%s, %s, 7)", [lume.merchant.id, lume.ada.id]
        )

    with connection.schema_editor() as editor:
        move(None, editor)
        move(None, editor)  # killed and begun again

    cursors = EventCursor.objects.filter(merchant=lume.merchant).order_by("name")
    assert list(cursors.values_list("name", "last_sequence")) == [("apple", 4), ("google", 4)]
