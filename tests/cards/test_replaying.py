"""Counting rewards again under other terms, from the stamps that were really given."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.issuing import issue_card
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import ReachedMilestone
from stampwell.cards.replaying import Replayed, Rules, replay, rules_of
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def stamp(offer: Offer, *counts: int, amount: int | None = None, apart: timedelta = DAY) -> None:
    """Gives a new card so many stamps, one purchase after another."""
    card = offer.card()
    for number, count in enumerate(counts):
        with stopped_at(NOON + number * apart):
            add_stamp(offer.shop.merchant, card.id, Purchase(count=count, amount=amount), actor=offer.shop.actor)


def count(offer: Offer, *rules: Rules, since: datetime = NOON - DAY, most_cards: int = 100, **most: int) -> Replayed:
    return replay(
        offer.shop.merchant, offer.program.id, rules, since=since, until=NOON + 300 * DAY, most_cards=most_cards, **most
    )


def test_under_the_real_terms_it_gives_what_was_earned(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0, "daily_cap": 30})
    stamp(offer, 3)
    stamp(offer, 4, 8)
    stamp(offer, 5, 5, 5, 9)
    stamp(offer, 30)
    with stopped_at(NOON):
        wrong = add_stamp(lume.merchant, offer.card().id, Purchase(count=10), actor=lume.actor)
        undo_stamp(lume.merchant, wrong.stamp.id, reason="wrong card", actor=lume.actor)

    standing = ReachedMilestone.objects.filter(merchant=lume.merchant, recalled__isnull=True)
    earned = Counter(standing.values_list("stamps", flat=True))

    assert earned.total() == 2 + 4 + 6
    assert count(offer, rules_of(offer.terms)) == Replayed([dict(earned)], 1, first=NOON)


def test_a_nearer_goal_gives_more_and_a_farther_one_less(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0})
    stamp(offer, 9, 7)
    stamp(offer, 7)

    found = count(offer, *(Rules(counts=(goal,)) for goal in (10, 8, 17)))

    assert found.rewards == [1, 2, 0]


def test_rewards_of_before_the_period_are_not_counted(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0})
    stamp(offer, 12, 8, 3)

    assert count(offer, rules_of(offer.terms)).rewards == [4]
    assert count(offer, rules_of(offer.terms), since=NOON + DAY).rewards == [2]


def test_a_daily_cap_is_of_the_shops_day(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0})
    stamp(offer, 5, 5, apart=timedelta(hours=13))  # in Riga the second one is of the next day
    stamp(offer, 5, 5, apart=timedelta(hours=1))

    assert count(offer, *(Rules(counts=(10,), daily_cap=cap) for cap in (10, 5, 4))).rewards == [2, 1, 0]


def test_no_daily_cap_counts_what_was_no_purchase(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0, "welcome_stamps": 3, "daily_cap": 1})
    with stopped_at(NOON):
        welcomed = issue_card(lume.merchant, offer.terms, locale="en", actor=lume.actor)
        other = issue_card(lume.merchant, offer.terms, locale="en", actor=lume.actor)
        add_stamp(lume.merchant, welcomed.card.id, Purchase(), actor=lume.actor)
    with stopped_at(NOON + DAY):
        merge_customers(lume.merchant, welcomed.card.customer_id, other.card.customer_id, actor=lume.actor)

    earned = ReachedMilestone.objects.filter(merchant=lume.merchant, recalled__isnull=True).count()

    assert (earned, count(offer, rules_of(offer.terms)).rewards) == (1, [1])


def test_too_small_a_purchase_earns_nothing(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0})
    stamp(offer, 5, 5, amount=400)
    stamp(offer, 5, 5, amount=600)
    stamp(offer, 5, 5)

    assert count(offer, *(Rules(counts=(10,), minimum_spend=least) for least in (400, 500, 700))).rewards == [3, 2, 1]


def test_very_many_cards_are_counted_on_a_part_of_them(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0})
    for _card in range(3):
        stamp(offer, 10)

    found = count(offer, Rules(counts=(10,)), most_cards=1)

    assert found.one_in == 3
    assert found.rewards[0] in (0, 3, 6, 9)


def test_another_program_and_another_shop_count_nothing(lume: Shop, rossi: Shop) -> None:
    offer, other, foreign = lume.publish(), lume.publish(), rossi.publish()
    stamp(other, 10)
    stamp(foreign, 10)

    assert count(offer, Rules(counts=(10,))).rewards == [0]


def test_very_many_stamps_are_counted_on_a_part_of_the_cards(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0})
    for _card in range(8):
        stamp(offer, 5, 5, 5)

    found = count(offer, rules_of(offer.terms), most_stamps=8 * 4 // 2)

    assert found.one_in == 2
    assert found.rewards[0] % 2 == 0


def test_a_card_with_more_stamps_than_anybody_has_is_left_out_and_told(lume: Shop) -> None:
    offer = lume.publish(earning={"cooldown_seconds": 0})
    stamp(offer, 9, 1)
    stamp(offer, *[1] * 12)

    assert count(offer, rules_of(offer.terms), most_of_card=10) == Replayed([{5: 1, 10: 1}], 1, 1, NOON)
