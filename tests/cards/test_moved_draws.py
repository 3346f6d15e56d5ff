"""Draws that new terms move to other stamps: what was earned once is drawn once, and the month is proven."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from stampwell.cards.merging import merge_customers
from stampwell.cards.separating import undo_merge
from stampwell.cards.stamping import Stamped
from stampwell.clock import stopped_at
from stampwell.draws.chains import utc_day
from stampwell.draws.models import Draw
from stampwell.draws.verifying import verify
from stampwell.job_kinds import KINDS
from stampwell.jobs.worker import JobWorker
from tests.cards.test_drawing import BISCUIT, CAKE, COFFEE, draw_of, prove
from tests.cards.test_new_terms import change, draft
from tests.cards.test_stamping import NO_COOLDOWN, stamp
from tests.cards.test_undoing import undo
from tests.jobs.conftest import queue as queue
from tests.moments import START
from tests.world import HeldCard, Offer, Shop

FIRST = START + timedelta(days=10)  # not at the end of a month, whenever this runs


def draws_at(*stamps: int, names: tuple[str, str]) -> list[dict[str, Any]]:
    """Two draws, and at twelve stamps a goal that stays."""
    drawn = [
        {"stamps": place, "reward": draw_of(CAKE, COFFEE, BISCUIT)["reward"] | {"name": name}}
        for place, name in zip(stamps, names, strict=True)
    ]
    return [*drawn, {"stamps": 12, "reward": {"name": "A free coffee"}}]


def publish(shop: Shop, *stamps: int, names: tuple[str, str] = ("Luck", "Fortune")) -> Offer:
    return shop.publish(goal=12, milestones=draws_at(*stamps, names=names), earning=NO_COOLDOWN)


def move(offer: Offer, *stamps: int, names: tuple[str, str] = ("Luck", "Fortune")) -> None:
    change(offer, draft(goal=12, milestones=draws_at(*stamps, names=names)), "everybody")
    JobWorker(KINDS).empty_the_queue()


def proven(offer: Offer) -> list[str]:
    with stopped_at(FIRST + timedelta(days=19)):
        return verify(prove(offer, utc_day(FIRST).replace(day=1))).faults


def test_a_draw_that_new_terms_move_keeps_its_value(queue: None, lume: Shop) -> None:
    offer = publish(lume, 5, 9)
    card = offer.card()
    with stopped_at(FIRST):
        stamped = stamp(card, count=6)
        move(offer, 4, 5)  # where the first one was, there is the other one now
        undo(card, stamped)
    with stopped_at(FIRST + timedelta(days=1)):
        stamp(card, count=6)

    luck, fortune, luck_again, fortune_again = Draw.objects.filter(merchant=lume.merchant).order_by("number")
    assert (luck_again.repeats, luck_again.value, luck_again.stamps) == (luck.number, luck.value, 5)
    assert (fortune_again.repeats, fortune_again.value, fortune_again.stamps) == (fortune.number, fortune.value, 6)
    assert proven(offer) == []


@pytest.mark.parametrize("names", [("Luck", "Fortune"), ("Luck", "Luck")], ids=["two names", "one name"])
@pytest.mark.parametrize("chance", [0, 2])
def test_whatever_is_stamped_undone_and_moved_what_was_earned_once_is_drawn_once(
    queue: None, lume: Shop, chance: int, names: tuple[str, str]
) -> None:
    """Each step on a day of its own, by another seed."""
    steps, places = Random(chance), [(7, 9), (5, 7), (2, 5), (1, 2)]
    offer = publish(lume, 8, 11, names=names)
    card: HeldCard = offer.card()
    stamped: list[Stamped] = []
    for day in range(18):
        with stopped_at(FIRST + timedelta(days=day)):
            match steps.choice(["stamp", "stamp", "undo", "move"]):
                case "undo" if stamped:
                    undo(card, stamped.pop())
                case "move" if places:
                    move(offer, *places.pop(0), names=names)
                case _:
                    stamped.append(stamp(card, count=steps.randint(1, 9)))

    assert proven(offer) == []
    draws = Draw.objects.filter(merchant=lume.merchant)
    assert draws.exclude(repeats=None).exists()
    for round in {draw.round for draw in draws}:
        assert draws.filter(round=round, repeats=None).count() <= 2


def merge(kept: HeldCard, other: HeldCard) -> UUID:
    merged = merge_customers(kept.shop.merchant, kept.row.customer_id, other.row.customer_id, actor=kept.shop.actor)
    return merged.merge.id


def test_two_cards_that_are_merged_the_other_way_round_draw_nothing_anew(lume: Shop) -> None:
    """Each merge on a day of its own, by another seed."""
    offer = publish(lume, 5, 9)
    first, second = offer.card(), offer.card()
    with stopped_at(FIRST):
        stamp(first, count=3)
        stamp(second, count=3)
    for day, (kept, other) in enumerate([(first, second), (second, first), (first, second)], 1):
        with stopped_at(FIRST + timedelta(days=day)):
            merge_id = merge(kept, other)
            if day < 3:
                undo_merge(lume.merchant, merge_id, actor=lume.actor)

    draws = Draw.objects.filter(merchant=lume.merchant).order_by("number")
    assert [draw.repeats for draw in draws] == [None, 1, 1]
    assert {(draw.value, draw.card_id, draw.round, draw.stamps) for draw in draws} == {(draws[0].value, first.id, 1, 5)}
    assert [draw.taken_back_after for draw in draws] == [1, 2, None]
    assert proven(offer) == []
    assert len(first.open_vouchers) == 1
