"""Old paper cards that are taken over at the same moment, by several people and by one."""

from collections.abc import Iterator

import pytest
from django.db import connection

from stampwell.cards.honouring import honour_paper
from stampwell.cards.models import HonouredPaper
from stampwell.cards.paper_rules import change_paper_rules
from stampwell.cards.recounting import recount
from stampwell.events.actors import Actor
from tests.races.callers import run_together
from tests.world import HeldCard, Offer, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offer() -> Offer:
    shop = open_lume()
    change_paper_rules(shop.merchant, most_stamps=9, most_a_day=2, actor=shop.actor)
    return shop.publish()


def honour(card: HeldCard) -> None:
    actor = Actor(source="scanner", staff_member_id=card.shop.ada.id)
    honour_paper(card.shop.merchant, card.id, 4, reason="A green one", actor=actor)


def test_of_several_old_cards_for_one_new_card_one_is_taken_over(offer: Offer) -> None:
    card = offer.card()

    ends = run_together(*[lambda: honour(card)] * 4)

    assert sorted(type(end).__name__ for end in ends) == ["NoneType", *["PaperTakenBefore"] * 3]
    assert (card.row.stamps, HonouredPaper.objects.count()) == (4, 1)
    assert recount(card.shop.merchant.id) == []


def test_one_staff_member_on_several_devices_keeps_the_limit_of_the_day(offer: Offer) -> None:
    cards = [offer.card() for _card in range(5)]

    ends = run_together(*(lambda card=card: honour(card) for card in cards))

    assert sorted(type(end).__name__ for end in ends) == ["NoneType"] * 2 + ["PaperLimitReached"] * 3
    assert sorted(card.row.stamps for card in cards) == [0, 0, 0, 4, 4]
    assert sorted(HonouredPaper.objects.values_list("number", flat=True)) == [1, 2]


def test_without_the_key_of_the_table_the_limit_of_the_day_is_passed(offer: Offer, without_key: None) -> None:
    """So there is a race, and it is the key that decides it."""
    for _try in range(20):
        HonouredPaper.objects.all().delete()
        cards = [offer.card() for _card in range(5)]
        ends = run_together(*(lambda card=card: honour(card) for card in cards))
        if sum(end is None for end in ends) > 2:
            return
    raise AssertionError("no two had the same number")


@pytest.fixture
def without_key() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE honoured_paper DROP CONSTRAINT papers_of_a_day_are_numbered")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM honoured_paper")
        cursor.execute(
            "ALTER TABLE honoured_paper ADD CONSTRAINT papers_of_a_day_are_numbered UNIQUE"
            " (merchant_id, staff_member_id, day, number)"
        )
