"""A program that is paused, ended, put away, and goes on: no card and no stamp, and every promise is kept."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.events.models import Event
from stampwell.merchants.local_time import end_of_day, local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.course import (
    JoiningPaused,
    ProgramOver,
    StampingPaused,
    state_of,
    why_no_new_card,
    why_no_stamps,
)
from stampwell.programs.models import Program
from stampwell.programs.offering import ProgramClosed
from stampwell.programs.pausing import LastDayUnclear, end_program, go_on, pause_program
from stampwell.programs.publishing import Published
from stampwell.refusal import NotFound
from stampwell.schedule import follow_events, order_events
from stampwell.wallet.apple.pass_texts import word_card
from stampwell.wallet.content import fill_pass
from stampwell.wallet.google.objects import loyalty_object
from stampwell.wallet.models import WalletFeed
from tests.kept import made_once
from tests.moments import START
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db
NO_WAIT = {"by": "visit", "cooldown_seconds": 0}


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(earning=NO_WAIT)


def merchant_of(shop: Shop) -> Merchant:
    """As the next request reads it."""
    return Merchant.objects.get(id=shop.merchant.id)


def program_of(offer: Offer) -> Program:
    return Program.objects.get(id=offer.program.id)


def stamp(card: HeldCard, count: int = 1) -> None:
    add_stamp(merchant_of(card.shop), card.id, Purchase(count=count), actor=card.shop.actor)


def told(shop: Shop) -> list[str]:
    events = Event.objects.filter(merchant=shop.merchant, type__startswith="program.").order_by("at", "id")
    return [event.type for event in events]


def test_a_pause_of_new_cards_leaves_those_that_customers_have(lume: Shop, offer: Offer) -> None:
    card = offer.card()

    pause_program(lume.merchant, offer.program.id, stamping=False, actor=lume.actor)

    assert type(why_no_new_card(program_of(offer), START)) is JoiningPaused
    stamp(card)
    assert card.row.stamps == 1


def test_no_stamps_while_they_are_paused_and_then_it_goes_on_where_it_was(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp(card, 3)
    pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)

    with pytest.raises(StampingPaused):
        stamp(card)
    go_on(lume.merchant, offer.program.id, actor=lume.actor)
    stamp(card)

    assert card.row.stamps == 4
    assert why_no_new_card(program_of(offer), START) is None
    assert merchant_of(lume).stopped_programs == {}


def test_other_programs_and_other_shops_go_on(lume: Shop, rossi: Shop, offer: Offer) -> None:
    other, foreign = lume.publish(name="Tea card").card(), rossi.publish().card()

    end_program(lume.merchant, offer.program.id, actor=lume.actor)
    stamp(other)
    stamp(foreign)

    assert (other.row.stamps, foreign.row.stamps) == (1, 1)
    with pytest.raises(NotFound):
        end_program(rossi.merchant, offer.program.id, actor=rossi.actor)


def test_a_reward_of_a_program_that_is_over_is_handed_out(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    stamp(card, 5)
    end_program(lume.merchant, offer.program.id, archive=True, actor=lume.actor)

    voucher = card.open_vouchers[0]
    hand_over(merchant_of(lume), voucher.id, actor=lume.actor)

    assert card.open_vouchers == []


def test_a_stamp_of_before_can_be_undone(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    given = add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor).stamp
    end_program(lume.merchant, offer.program.id, actor=lume.actor)

    undo_stamp(merchant_of(lume), given.id, reason="", actor=lume.actor)

    assert card.row.stamps == 0


def test_it_ends_with_the_last_day_of_the_shops_clock(lume: Shop, offer: Offer) -> None:
    card, day = offer.card(), local_day(lume.merchant, START) + timedelta(days=3)
    end = end_of_day(lume.merchant, day)

    end_program(lume.merchant, offer.program.id, last_day=day, actor=lume.actor)

    with stopped_at(end - timedelta(seconds=1)):
        stamp(card)
        assert state_of(program_of(offer), end - timedelta(seconds=1)) == "published"
    with stopped_at(end), pytest.raises(ProgramOver):
        stamp(card)
    assert type(why_no_new_card(program_of(offer), end)) is ProgramClosed
    assert state_of(program_of(offer), end) == "closed"


@pytest.mark.parametrize("last_day", [date(2000, 1, 1), date(3000, 1, 2)])
def test_a_day_that_cannot_be_the_last_one_is_refused(lume: Shop, offer: Offer, last_day: date) -> None:
    with pytest.raises(LastDayUnclear):
        end_program(lume.merchant, offer.program.id, last_day=last_day, actor=lume.actor)
    assert told(lume) == ["program.published"]


def test_a_program_that_is_over_is_not_paused_and_keeps_the_moment_of_its_end(lume: Shop, offer: Offer) -> None:
    end_program(lume.merchant, offer.program.id, actor=lume.actor)
    with stopped_at(START + timedelta(days=1)):
        with pytest.raises(ProgramOver):
            pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)
        end_program(lume.merchant, offer.program.id, archive=True, actor=lume.actor)

    program = program_of(offer)
    assert (program.closed, program.archived) == (START, START + timedelta(days=1))


def test_each_change_is_told_once_with_who_did_it(lume: Shop, offer: Offer) -> None:
    for _ in range(2):
        pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)
    for _ in range(2):
        go_on(lume.merchant, offer.program.id, actor=lume.actor)
    for _ in range(2):
        end_program(lume.merchant, offer.program.id, archive=True, actor=lume.actor)

    assert told(lume) == ["program.published", "program.paused", "program.resumed", "program.closed"]
    last = Event.objects.filter(merchant=lume.merchant, type="program.closed").get()
    assert (last.staff_member_id, last.data["program"]["state"]) == (lume.ada.id, "archived")


def test_what_a_stamp_asks_is_what_the_program_says(lume: Shop, offer: Offer) -> None:
    """The shop's row holds it a second time, so both are compared after each step."""
    day = local_day(lume.merchant, START)
    steps: list[Callable[[], Published]] = [
        lambda: pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor),
        lambda: end_program(lume.merchant, offer.program.id, last_day=day, actor=lume.actor),
        lambda: pause_program(lume.merchant, offer.program.id, stamping=False, actor=lume.actor),
        lambda: go_on(lume.merchant, offer.program.id, actor=lume.actor),
        lambda: end_program(lume.merchant, offer.program.id, archive=True, actor=lume.actor),
    ]
    for step in steps:
        step()
        program, stop = program_of(offer), merchant_of(lume).stopped_programs.get(offer.program.id.hex, {})
        kept = {name: datetime.fromisoformat(text) if text else None for name, text in stop.items()}
        assert (kept.get("stamping_paused"), kept.get("closed")) == (program.stamping_paused, program.closed)


def test_a_stamp_asks_no_question_for_it(lume: Shop, offer: Offer) -> None:
    pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)
    merchant = merchant_of(lume)

    with connection.execute_wrapper(_forbid):
        assert type(why_no_stamps(merchant, offer.program.id, START)) is StampingPaused


def _forbid(*_asked: object) -> None:
    raise AssertionError("a stamp must not ask for the state of its program")


def test_passes_in_phones_say_so_and_are_not_void(lume: Shop, offer: Offer) -> None:
    card = offer.card()
    follow(lume)
    WalletFeed.objects.filter(merchant=lume.merchant).update(apple_after=None, google_after=None)

    pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)
    follow(lume)

    feed = WalletFeed.objects.get(merchant=lume.merchant)
    assert (feed.apple_after is not None, feed.google_after is not None) == (True, True), "all passes are looked at"
    shown = fill_pass(merchant_of(lume), card.id)
    assert not shown.voided
    assert shown.note["en"].startswith("You cannot collect stamps on this card at the moment.")
    assert len(set(shown.note.values())) == 6
    assert word_card(shown.face, shown.ready, shown.note).keys["note"] == shown.note["en"]
    modules = loyalty_object("338", shown, hero_url="https://shop.example/hero.png")["textModulesData"]
    assert isinstance(modules, list)
    assert [module["body"] for module in modules if module["id"] == "note"] == [shown.note["en"]]


def test_a_pass_of_a_program_that_goes_on_says_nothing_more(lume: Shop, offer: Offer) -> None:
    shown = fill_pass(merchant_of(lume), offer.card().id)

    assert shown.note == {}
    assert "note" not in word_card(shown.face, shown.ready, shown.note).keys


def follow(shop: Shop) -> None:
    order_events()
    follow_events()
