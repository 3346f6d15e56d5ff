"""Each event says who did it, and old ones learn it from the rows that know."""

from datetime import timedelta
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.giving import give_voucher
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.merchants.founding import issue_api_key
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.vouchers.revealing import reveal_code
from stampwell.wallet.saved_events import record_saved
from tests.world import HeldCard, Shop

old_events = import_module("stampwell.migrations.0009_who_did_old_events")

AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
TEA = {"name": "Tea", "path": "staff_scan", "valid_days": 1}
CODE = {"kind": "static", "code": "FREETEA", "format": "qr"}

type Who = tuple[str | None, UUID | None, UUID | None, UUID | None]


def known(uuid: UUID | None) -> UUID:
    assert uuid is not None
    return uuid


def at_the_counter(shop: Shop) -> Actor:
    station, _credential = shop.scanner()
    bo = shop.hire("Bo")
    return Actor(source="scanner", location_id=shop.location.id, station_id=station.id, staff_member_id=bo.id)


def who_did(card: HeldCard) -> dict[str, Who]:
    """By type, of all that happened on the card."""
    rows = Event.objects.filter(merchant=card.shop.merchant, card_id=card.id)
    return {row.type: (row.source, row.station_id, row.staff_member_id, row.api_key_id) for row in rows}


def live_through_a_reward(shop: Shop, actor: Actor) -> HeldCard:
    """Two stamps fill the card; the tea is handed out, given back, and the last stamp undone."""
    card = shop.publish(earning=AT_ONCE, goal=2, milestones=[{"stamps": 2, "reward": TEA}]).card()
    add_stamp(shop.merchant, card.id, Purchase(), actor=actor)
    full = add_stamp(shop.merchant, card.id, Purchase(), actor=actor)
    done = hand_over(shop.merchant, full.issued[0].id, actor=actor)
    give_back(shop.merchant, done.redemption.id, reason="Wrong tea", actor=actor)
    undo_stamp(shop.merchant, full.stamp.id, reason="Wrong card", actor=actor)
    return card


LIVED = {
    "stamp.added",
    "stamp.reversed",
    "milestone.reached",
    "round.completed",
    "voucher.issued",
    "voucher.ready",
    "voucher.redeemed",
    "voucher.reversed",
    "voucher.voided",
}


def test_everything_that_a_stamp_brings_is_by_the_same_hand(lume: Shop) -> None:
    bo = at_the_counter(lume)

    card = live_through_a_reward(lume, bo)

    hand = ("scanner", bo.station_id, bo.staff_member_id, None)
    assert who_did(card) == dict.fromkeys(LIVED, hand) | {"card.issued": ("card", None, None, None)}
    places = set(Event.objects.filter(card_id=card.id, type__in=LIVED).values_list("location_id", flat=True))
    assert places == {lume.location.id}


def test_what_time_does_is_by_the_clock_and_what_a_wallet_tells_by_the_wallet(lume: Shop) -> None:
    card = lume.publish(earning=AT_ONCE, goal=1, milestones=[{"stamps": 1, "reward": TEA}]).card()
    add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    with merchant_transaction(lume.merchant.id) as tx:
        record_saved(tx, card.id, "apple", at=now())

    with stopped_at(now() + timedelta(days=2)):
        let_vouchers_age(lume.merchant.id)

    who = who_did(card)
    assert who["voucher.expired"] == ("clock", None, None, None)
    assert who["card.saved"] == ("wallet", None, None, None)


def test_a_code_is_shown_and_used_by_the_customer(lume: Shop) -> None:
    tea = TEA | {"path": "redeem_code", "redeem_code": CODE}
    card = lume.publish(earning=AT_ONCE, goal=1, milestones=[{"stamps": 1, "reward": tea}]).card()
    add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)

    reveal_code(lume.merchant, card.open_vouchers[0].id)
    with stopped_at(now() + timedelta(minutes=5)):
        let_vouchers_age(lume.merchant.id)

    who = who_did(card)
    assert who["voucher.revealed"] == who["voucher.redeemed"] == ("card", None, None, None)


def test_what_a_program_does_is_by_its_key(lume: Shop) -> None:
    key, _text = issue_api_key(lume.merchant, name="Till", scopes=[])

    card = live_through_a_reward(lume, Actor(source="api", api_key_id=key.id))

    assert {who_did(card)[type] for type in LIVED} == {("api", None, None, key.id)}


def test_a_station_enrols_itself_where_it_stands(lume: Shop) -> None:
    station, _credential = lume.scanner()

    event = Event.objects.get(merchant=lume.merchant, type="station.enrolled")

    assert (event.source, event.station_id, event.location_id) == ("scanner", station.id, lume.location.id)


def test_what_is_published_at_the_desk_is_by_its_person(lume: Shop) -> None:
    lume.publish()

    event = Event.objects.get(merchant=lume.merchant, type="program.published")

    assert (event.source, event.staff_member_id) == ("owner", lume.ada.id)


@pytest.mark.parametrize("batch", [1, 3, 2_000])
def test_old_events_learn_who_did_them_whatever_the_batch(lume: Shop, batch: int) -> None:
    card = live_through_a_reward(lume, at_the_counter(lume))
    wanted = {type: who for type, who in who_did(card).items() if type in LIVED}
    forget_who()

    fill(lume, batch)

    assert {type: who for type, who in who_did(card).items() if type in LIVED} == wanted


@pytest.mark.parametrize("source", ["owner", "api"])
def test_old_events_know_the_desk_from_a_program(lume: Shop, source: str) -> None:
    key, _text = issue_api_key(lume.merchant, name="Till", scopes=[])
    actor = lume.actor if source == "owner" else Actor(source="api", api_key_id=key.id)
    card = live_through_a_reward(lume, actor)
    forget_who()

    fill(lume, 2_000)

    hand = (actor.source, None, actor.staff_member_id, actor.api_key_id)
    assert {type: who for type, who in who_did(card).items() if type in LIVED} == dict.fromkeys(LIVED, hand)


def test_what_nobody_wrote_down_is_not_guessed(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE, goal=1, milestones=[{"stamps": 1, "reward": TEA}])
    card = offer.card()
    give_voucher(lume.merchant, card.id, offer.terms.milestones[0].reward.id, actor=lume.actor)
    forget_who()

    fill(lume, 2_000)

    nobody = (None, None, None, None)
    assert who_did(card) == dict.fromkeys(["card.issued", "voucher.issued", "voucher.ready"], nobody)


def test_an_old_event_of_one_shop_learns_nothing_from_another(lume: Shop, rossi: Shop) -> None:
    ours, theirs = (live_through_a_reward(shop, shop.actor) for shop in (lume, rossi))
    forget_who()

    fill(lume, 2_000)

    assert who_did(ours)["stamp.added"] == ("owner", None, lume.ada.id, None)
    assert who_did(theirs)["stamp.added"] == (None, None, None, None)


def test_a_new_event_keeps_what_it_says(lume: Shop) -> None:
    card = live_through_a_reward(lume, at_the_counter(lume))
    before = who_did(card)

    fill(lume, 2)

    assert who_did(card) == before


def forget_who() -> None:
    """As events were written before they said it."""
    Event.objects.update(source=None, station_id=None, staff_member_id=None, api_key_id=None)


def fill(shop: Shop, batch: int) -> None:
    with connection.cursor() as cursor:
        old_events.fill_merchant(cursor, shop.merchant.id, batch=batch)
