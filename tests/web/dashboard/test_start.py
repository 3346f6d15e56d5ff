"""The first page: honest figures, what happened, and the way to the first stamp."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.cards.numbers import group_digits
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.events.draining import put_in_order
from stampwell.events.recording import EventType
from stampwell.journal.event_sentences import tell
from stampwell.merchants.local_time import local_day
from stampwell.web.dashboard.start.figures import Figures, figures_of
from stampwell.web.dashboard.start.period import period_on
from tests.following import follow_everything
from tests.moments import NOON, START, end_of_day
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_cards import stamp
from tests.world import Offer, Shop


def week_of(shop: Shop) -> Figures:
    today = local_day(shop.merchant, now())
    return figures_of(shop.merchant, period_on("week", today, today))


def stamps_of(shop: Shop) -> list[int]:
    """On each of the last seven days."""
    return [row.counts.stamps for row in week_of(shop).rows]


def test_a_new_shop_is_led_to_its_first_stamp(desk: DeskClient, lume: Shop) -> None:
    empty = words(desk.open("/"))
    card = lume.publish().card()
    issued = words(desk.open("/"))
    stamp(card, 1)  # by hand: no scanner was ever connected
    running = words(desk.open("/"))

    assert "Steps to your first stamp" in empty
    assert "Steps to your first stamp" in issued
    assert "Steps to your first stamp" not in running


def test_what_was_taken_back_is_taken_off_the_figures(lume: Shop) -> None:
    with stopped_at(START):
        card = lume.publish().card()
        stamp(card, 10)
        biscuit, coffee = card.open_vouchers
        hand_over(lume.merchant, biscuit.id, actor=lume.actor)
        done = hand_over(lume.merchant, coffee.id, actor=lume.actor)
        redemption_id = done.redemption.id
        give_back(lume.merchant, redemption_id, reason="By mistake", actor=lume.actor)
        follow_everything()
        tiles = week_of(lume).tiles

    assert [tile.sum for tile in tiles] == [10, 2, 1, 1]


def test_what_happened_last_says_to_whom(desk: DeskClient, offer: Offer) -> None:
    stamp(offer.card(name="Līga"), 1)
    nameless = offer.card()
    stamp(nameless, 1)
    page = words(desk.open("/"))

    assert "1 stamp added · Līga" in page
    assert f"1 stamp added · Card {group_digits(nameless.row.short_number)}" in page


@pytest.mark.moment(datetime(2026, 3, 3, 22, 30, tzinfo=UTC))  # half past midnight on the 4th in Riga
def test_a_day_ends_at_midnight_of_the_shop(lume: Shop) -> None:
    stamp(lume.publish().card(), 2)
    with stopped_at(now() + timedelta(hours=12)):
        follow_everything()
        week = week_of(lume)

    assert [row.counts.stamps for row in week.rows] == [0, 0, 0, 0, 0, 0, 2]
    assert week.rows[-1].query == "period=day&on=2026-03-04"


def test_older_than_a_week_counts_no_more(lume: Shop) -> None:
    with stopped_at(START - timedelta(days=7)):
        stamp(lume.publish().card(), 2)
    with stopped_at(START):
        follow_everything()
        assert stamps_of(lume) == [0] * 7


def test_what_is_not_counted_yet_comes_a_moment_later(lume: Shop) -> None:
    with stopped_at(START):
        stamp(lume.publish().card(), 2)
        put_in_order(lume.merchant.id)
        before = sum(stamps_of(lume))
        follow_everything()

        assert (before, sum(stamps_of(lume))) == (0, 2)


def test_the_page_costs_the_same_however_much_has_happened(
    desk: DeskClient, offer: Offer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stamp(offer.card(), 1)
    desk.open("/")
    with django_assert_max_num_queries(40) as few:
        desk.open("/")
    for _card in range(4):
        stamp(offer.card(), 12)
    with django_assert_max_num_queries(40) as many:
        desk.open("/")

    assert len(few) == len(many)


@pytest.mark.django_db
@pytest.mark.parametrize("type", get_args(EventType))
def test_every_event_is_told_in_words(type: str, lume: Shop) -> None:
    data = {
        "stamp": {"count": -1, "reason": "x"},
        "voucher": {"reward": {"name": "A free coffee"}},
        "redemption": {"discount": None},
        "program": {
            "name": {"en": "Coffee card"},
            "stamping_paused_at": None,
            "archived_at": None,
            "closed_at": "2026-11-25T12:00:00Z",
            "announced": None,
        },
        "location": {"name": "Old Town"},
        "code_pool": {"name": "Coffee codes"},
        "pool_code_ids": ["cde_1"],
        "reason": "leaked",
        "closed_until": "2026-11-25T12:00:00Z",
        "merchant": {"name": "Lume & Daughters"},
        "draw": {"number": 12, "prize": {"name": "A cake"}},
        "name": "Counter phone",
        "changed": ["email"],
        "erased_from": "2026-12-25T12:00:00Z",
        "round": 1,
        "stamps": 3,
    }

    assert tell(type, data, lume.merchant).what != type


def test_a_reward_that_ends_soon_is_told_to_the_owner(desk: DeskClient, lume: Shop) -> None:
    over = end_of_day(START, 20)
    tea = {"stamps": 1, "reward": {"name": "Tea", "valid_until": over.isoformat()}}
    cake = {"stamps": 2, "reward": {"name": "Cake", "valid_until": over.isoformat(), "active_after_seconds": 86_400}}
    lume.publish(goal=2, milestones=[tea, cake])

    def told(days: int) -> str:
        with stopped_at(START + timedelta(days=days)):
            return words(desk.open("/"))

    assert "can no longer be earned" not in told(3)
    assert "“Cake” can no longer be earned after" in told(6)
    assert "“Tea” can no longer be earned after" not in told(6)
    assert "“Tea” can no longer be earned after" in told(8)
    assert "“Cake” can no longer be earned. The last day was" in told(20)
    assert "“Tea” can no longer be earned. The last day was" in told(21)


@pytest.mark.moment(NOON)
def test_the_last_day_is_told_and_not_the_midnight_after_it(desk: DeskClient, lume: Shop) -> None:
    tea = {"stamps": 1, "reward": {"name": "Tea", "valid_until": end_of_day(NOON, 7).isoformat()}}
    lume.publish(goal=1, milestones=[tea])

    assert "“Tea” can no longer be earned after 30 Nov 2026." in words(desk.open("/"))
