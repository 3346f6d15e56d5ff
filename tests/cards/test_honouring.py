"""Stamps of an old paper card are taken over once, onto a new card, and are no purchase."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from stampwell.cards.earning import Purchase
from stampwell.cards.erasing import erase_customer
from stampwell.cards.honouring import (
    FRESH_FOR,
    CardNotNew,
    PaperLimitReached,
    PaperNotTaken,
    PaperTakenBefore,
    TooManyFromPaper,
    honour_paper,
    may_honour_paper,
)
from stampwell.cards.models import HonouredPaper, Stamp
from stampwell.cards.paper_rules import change_paper_rules
from stampwell.cards.recounting import recount
from stampwell.cards.refusals import CardErased, DailyCapReached, VoucherAlreadyUsed
from stampwell.cards.stamping import Stamped, add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.insight.models import CardLife
from stampwell.journal.event_sentences import tell
from stampwell.programs.pausing import pause_program
from stampwell.refusal import NotFound
from tests.following import follow_everything
from tests.kept import made_once
from tests.moments import START
from tests.web.customer import path_of
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(lume: Shop) -> None:
    change_paper_rules(lume.merchant, most_stamps=8, most_a_day=3, actor=lume.actor)


@pytest.fixture
def offer(lume: Shop, rules: None) -> Offer:
    return lume.publish(earning={"by": "visit", "cooldown_seconds": 3600, "daily_cap": 2})


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    return offer.card()


def at_counter(shop: Shop, name: str = "") -> Actor:
    member = shop.hire(name) if name else shop.ada
    return Actor(source="scanner", location_id=shop.location.id, staff_member_id=member.id)


def honour(card: HeldCard, count: int = 4, **changes: Any) -> Stamped:
    told = {"reason": "A green one", "actor": at_counter(card.shop), **changes}
    return honour_paper(card.shop.merchant, card.id, count, **told)


def test_the_stamps_are_on_the_card_with_who_took_them_over_and_why(card: HeldCard) -> None:
    honour(card, 4)

    stamp = Stamp.objects.get()
    assert (card.row.stamps, stamp.count, stamp.source, stamp.reason) == (4, 4, "paper", "A green one")
    assert (stamp.staff_member_id, stamp.location_id) == (card.shop.ada.id, card.shop.location.id)
    told = Event.objects.get(type="stamp.added")
    assert (told.source, told.staff_member_id) == ("scanner", card.shop.ada.id)
    line = tell("stamp.added", told.data, card.shop.merchant)
    assert (line.what, line.reason) == ("4 stamps from an old paper card", "A green one")
    assert recount(card.shop.merchant.id) == []


def test_neither_the_pause_nor_the_daily_limit_counts_them(card: HeldCard) -> None:
    add_stamp(card.shop.merchant, card.id, Purchase(), actor=card.shop.actor)
    before = card.row

    honour(card, 4)

    after = card.row
    assert (after.last_stamp, after.stamped_day, after.stamps_that_day) == (before.last_stamp, before.stamped_day, 1)
    with stopped_at(now() + timedelta(hours=2)):
        add_stamp(card.shop.merchant, card.id, Purchase(), actor=card.shop.actor)
    assert card.row.stamps == 6


def test_the_first_purchase_is_stamped_at_once_after_them(card: HeldCard) -> None:
    honour(card, 4)

    assert add_stamp(card.shop.merchant, card.id, Purchase(), actor=card.shop.actor).card.stamps == 5


def test_no_figure_takes_them_for_a_visit(card: HeldCard) -> None:
    honour(card, 4)
    follow_everything()

    assert [list(life.visits) for life in CardLife.objects.all() if life.visits] == []


def test_a_milestone_that_they_reach_is_given(card: HeldCard) -> None:
    honour(card, 6)

    assert len(card.open_vouchers) == 1


def test_an_old_card_is_taken_over_once(card: HeldCard) -> None:
    honour(card, 4)

    with pytest.raises(PaperTakenBefore) as refused:
        honour(card, 1)

    assert refused.value.facts == {"when": Stamp.objects.get().at}
    assert card.row.stamps == 4


@pytest.mark.parametrize("count", [9, 10, 100])
def test_no_more_than_the_shop_allows_are_taken_over(card: HeldCard, count: int) -> None:
    with pytest.raises(TooManyFromPaper) as refused:
        honour(card, count)

    assert (refused.value.facts, card.row.stamps) == ({"most": 8}, 0)


def test_an_old_card_never_fills_a_new_one(card: HeldCard, lume: Shop) -> None:
    change_paper_rules(lume.merchant, most_stamps=100, most_a_day=3, actor=lume.actor)

    with pytest.raises(TooManyFromPaper) as refused:
        honour(card, 10)

    assert refused.value.facts == {"most": 9}
    assert honour(card, 9).card.stamps == 9


def test_stamps_that_are_on_the_card_already_may_fill_it_together(lume: Shop, rules: None) -> None:
    card = lume.publish(earning={"cooldown_seconds": 0}).card()
    add_stamp(lume.merchant, card.id, Purchase(count=5), actor=lume.actor)

    assert (honour(card, 8).card.round, card.row.stamps) == (2, 3)


def test_a_card_that_is_not_new_gets_none(card: HeldCard) -> None:
    with stopped_at(START + FRESH_FOR + timedelta(days=1)), pytest.raises(CardNotNew):
        honour(card)
    with stopped_at(START + FRESH_FOR - timedelta(days=1)):
        assert honour(card).card.stamps == 4


def test_a_card_in_its_second_round_gets_none(lume: Shop, rules: None) -> None:
    card = lume.publish(earning={"cooldown_seconds": 0}).card()
    add_stamp(lume.merchant, card.id, Purchase(count=10), actor=lume.actor)

    with pytest.raises(CardNotNew):
        honour(card)


def test_without_rules_none_is_taken_over(card: HeldCard, lume: Shop) -> None:
    change_paper_rules(lume.merchant, most_stamps=0, most_a_day=3, actor=lume.actor)

    with pytest.raises(PaperNotTaken):
        honour(card)
    assert not may_honour_paper(lume.merchant, card.row, at=now())


def test_one_staff_member_takes_over_so_many_a_day(offer: Offer, lume: Shop) -> None:
    for _card in range(3):
        honour(offer.card())

    with pytest.raises(PaperLimitReached) as refused:
        honour(offer.card())

    assert refused.value.facts == {"most": 3}
    assert honour(offer.card(), actor=at_counter(lume, "Bo")).card.stamps == 4
    with stopped_at(now() + timedelta(days=1)):
        assert honour(offer.card()).card.stamps == 4


def test_undone_the_right_number_may_be_taken_over(card: HeldCard, lume: Shop) -> None:
    add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)
    stamp = honour(card, 6).stamp

    undone = undo_stamp(lume.merchant, stamp.id, reason="it was a 4", actor=lume.actor)

    assert (undone.card.stamps, undone.card.stamps_that_day, card.open_vouchers) == (1, 1, [])
    assert honour(card, 4).card.stamps == 5
    assert list(HonouredPaper.objects.order_by("number").values_list("number", "undone")) == [
        (1, undone.stamp.at),
        (2, None),
    ]


def test_what_was_undone_counts_for_the_day_all_the_same(offer: Offer, card: HeldCard, lume: Shop) -> None:
    for _try in range(3):
        undo_stamp(lume.merchant, honour(card).stamp.id, reason="wrong", actor=lume.actor)

    with pytest.raises(PaperLimitReached):
        honour(card)


def test_a_reward_that_was_used_keeps_the_stamps(card: HeldCard, lume: Shop) -> None:
    stamp = honour(card, 6).stamp
    hand_over(lume.merchant, card.open_vouchers[0].id, actor=lume.actor)

    with pytest.raises(VoucherAlreadyUsed):
        undo_stamp(lume.merchant, stamp.id, reason="wrong", actor=lume.actor)


def test_an_undone_purchase_after_them_may_be_stamped_again_at_once(card: HeldCard, lume: Shop) -> None:
    honour(card, 4)
    wrong = add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor).stamp
    undo_stamp(lume.merchant, wrong.id, reason="wrong", actor=lume.actor)

    assert add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor).card.stamps == 5


def test_undoing_them_leaves_the_daily_limit_as_it_is(card: HeldCard, lume: Shop) -> None:
    stamp = honour(card, 4).stamp
    with stopped_at(now() + timedelta(seconds=1)):
        add_stamp(lume.merchant, card.id, Purchase(count=2), actor=lume.actor)
        undo_stamp(lume.merchant, stamp.id, reason="wrong", actor=lume.actor)

    with stopped_at(now() + timedelta(seconds=20)), pytest.raises(DailyCapReached):
        add_stamp(lume.merchant, card.id, Purchase(override=True), actor=lume.actor)


def test_a_program_that_gives_no_stamps_takes_none_over(card: HeldCard, offer: Offer, lume: Shop) -> None:
    pause_program(lume.merchant, offer.program.id, stamping=True, actor=lume.actor)
    lume.merchant.refresh_from_db()

    with pytest.raises(Exception, match="stamping_paused"):
        honour(card)


def test_another_shops_card_is_not_found(card: HeldCard, rossi: Shop) -> None:
    change_paper_rules(rossi.merchant, most_stamps=8, most_a_day=3, actor=rossi.actor)

    with pytest.raises(NotFound):
        honour_paper(rossi.merchant, card.id, 4, reason="theirs", actor=at_counter(rossi))


def test_with_the_customer_the_reason_is_forgotten(card: HeldCard, lume: Shop) -> None:
    honour(card, 4, reason="Anna’s green one")

    erase_customer(lume.merchant, card.row.customer_id, actor=lume.actor)

    assert Stamp.objects.get().reason == ""
    assert "Anna" not in str(Event.objects.get(type="stamp.added").data)
    with pytest.raises(CardErased):
        honour(card)


def test_the_customer_reads_where_the_stamps_come_from(card: HeldCard, client: Client) -> None:
    honour(card, 4)

    assert "4 stamps from an old card" in client.get(path_of(card)).content.decode()
