"""For each kind of event it is known in which stretches it occurs, wherever the follower was stopped."""

import random
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command

from stampwell.cards.models import Card
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.events.reader import Follower, follow
from stampwell.events.rows import EventRow
from stampwell.insight.event_stretches import (
    FOLLOWER,
    STRETCH,
    EventKind,
    kinds_in,
    note_stretches,
    stretch_of,
    stretches_with,
)
from stampwell.insight.models import EventStretch
from stampwell.transactions import Statements, merchant_transaction
from tests.following import follow_everything
from tests.insight.test_daily_totals import MORNING, Died, live
from tests.world import Shop

pytestmark = pytest.mark.moment(MORNING)

type Pair = tuple[EventKind, int]


def kept(shop: Shop) -> set[Pair]:
    rows = EventStretch.objects.filter(merchant=shop.merchant).select_related("kind")
    return {
        (
            EventKind(
                row.kind.type,
                row.kind.location_id,
                row.kind.staff_member_id,
                row.kind.device_id,
                row.kind.program_id,
            ),
            row.stretch,
        )
        for row in rows
    }


def happened(shop: Shop) -> set[Pair]:
    programs = dict(Card.objects.values_list("id", "program_id"))
    return {
        (
            EventKind(
                event.type,
                event.location_id,
                event.staff_member_id,
                event.station_id or event.api_key_id,
                programs.get(event.card_id) if event.card_id else None,
            ),
            stretch_of(event.sequence or 0),
        )
        for event in Event.objects.filter(merchant=shop.merchant)
    }


def move_apart(shop: Shop, *, by: int) -> None:
    """As if much had happened between any two of the events that are in order."""
    for event in Event.objects.filter(merchant=shop.merchant, sequence__isnull=False).order_by("-sequence"):
        assert event.sequence is not None
        Event.objects.filter(id=event.id).update(sequence=event.sequence * by)
    with merchant_transaction(shop.merchant.id) as tx:
        tx.write(
            "UPDATE event_feed SET last_sequence = last_sequence * %s WHERE merchant_id = %s", (by, tx.merchant_id)
        )


def test_the_first_stretch_ends_with_the_event_that_fills_it() -> None:
    assert [stretch_of(number) for number in (1, STRETCH, STRETCH + 1)] == [0, 0, 1]


def test_what_is_kept_is_what_happened(lume: Shop, rossi: Shop) -> None:
    for seed, shop in enumerate((lume, rossi)):
        live(shop, seed)
        put_in_order(shop.merchant.id)
        move_apart(shop, by=100)
    follow_everything()

    assert kept(lume) == happened(lume)
    assert kept(rossi) == happened(rossi)
    assert len({stretch for _kind, stretch in kept(lume)}) > 10


def test_read_anew_it_is_the_same(lume: Shop) -> None:
    live(lume, 4)
    follow_everything()
    EventStretch.objects.filter(merchant=lume.merchant).update(stretch=77)

    call_command("followers", "--rewind", FOLLOWER, "--shop", "cafe-lume", stdout=StringIO())

    assert kept(lume) == happened(lume)


def test_a_follower_that_is_killed_again_and_again_forgets_nothing(lume: Shop) -> None:
    live(lume, 6)
    put_in_order(lume.merchant.id)
    dice = random.Random(6)

    for _try in range(1_000):
        try:
            if not follow(lume.merchant.id, dying(dice), batch=7):
                break
        except Died:
            continue

    assert kept(lume) == happened(lume)


def dying(dice: random.Random) -> Follower:
    def note(tx: Statements, events: list[EventRow]) -> None:
        if dice.random() < 0.2:
            raise Died
        note_stretches(tx, events)
        tx.send()
        if dice.random() < 0.2:
            raise Died

    return Follower(name=FOLLOWER, follow=note)


def found(shop: Shop, kinds: list[UUID], *, lowest: int = 0, highest: int = 2**50, most: int = 60) -> list[int]:
    with merchant_transaction(shop.merchant.id) as tx:
        return stretches_with(tx, kinds, lowest=lowest, highest=highest, most=most)


def test_the_newest_stretches_of_a_kind_come_first_and_none_that_has_nothing(lume: Shop) -> None:
    live(lume, 7)
    put_in_order(lume.merchant.id)
    move_apart(lume, by=100)
    follow_everything()
    with merchant_transaction(lume.merchant.id) as tx:
        kinds = [kind.id for kind in kinds_in(tx) if kind.type == "stamp.reversed"]
    told = Event.objects.filter(merchant=lume.merchant, type="stamp.reversed")
    own = sorted({stretch_of(event.sequence or 0) for event in told}, reverse=True)

    assert found(lume, kinds, most=1_000) == own
    assert found(lume, kinds, most=2) == own[:2]
    assert found(lume, kinds, lowest=own[2], highest=own[1]) == own[1:3]
    assert found(lume, []) == []


def test_where_the_follower_has_not_been_anything_may_be(lume: Shop) -> None:
    live(lume, 8)
    put_in_order(lume.merchant.id)
    move_apart(lume, by=100)
    newest = stretch_of(Event.objects.filter(merchant=lume.merchant).count() * 100)

    assert found(lume, [], most=1_000) == list(range(newest, -1, -1))
    assert found(lume, [], lowest=3, highest=5) == [5, 4, 3]
