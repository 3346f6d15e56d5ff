"""What was drawn is counted once: whoever asks reads what was counted, and what came since."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import connection

from stampwell.clock import stopped_at
from stampwell.draws import tallying
from stampwell.draws.models import Draw, DrawTally
from stampwell.draws.tallying import Tally, merchants_with_untallied_draws, read_tally, tally_draws
from stampwell.schedule import count_draws
from stampwell.transactions import merchant_reads
from tests.cards.test_drawing import BISCUIT, CAKE, COFFEE, publish
from tests.cards.test_stamping import stamp
from tests.cards.test_undoing import undo
from tests.moments import START
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db


def told(offer: Offer) -> Tally:
    with merchant_reads(offer.shop.merchant.id) as tx:
        return read_tally(tx, offer.program.id)


def counted_by_hand(offer: Offer) -> Tally:
    draws = list(Draw.objects.filter(merchant=offer.shop.merchant, program=offer.program))
    first = [draw for draw in draws if draw.repeats is None]
    by_draw = {draw.reward_id: Counter(one.drawn for one in first if one.reward_id == draw.reward_id) for draw in first}
    return Tally(
        {str(draw): dict(places) for draw, places in by_draw.items()},
        dict(Counter(draw.known_as for draw in draws if draw.taken_back_after is None)),
        dict(Counter(draw.day.replace(day=1) for draw in draws)),
    )


def without_none(tally: Tally) -> Tally:
    return Tally(tally.drawn, {name: times for name, times in tally.given.items() if times}, tally.months)


def count_all(offer: Offer) -> None:
    while tally_draws(offer.shop.merchant.id):
        pass


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallying, "WORTH_IT", 1)
    monkeypatch.setattr(tallying, "AT_ONCE", 3)


@pytest.mark.parametrize("seed", range(3))
def test_whenever_it_is_counted_it_is_what_the_draws_say(lume: Shop, eager: None, seed: int) -> None:
    chance, stamped = Random(seed), []
    offer = publish(lume, CAKE | {"odds": 5_000, "stock": 4}, COFFEE | {"odds": 1_000}, BISCUIT | {"odds": 4_000})
    cards = [offer.card() for _ in range(4)]
    for step in range(40):
        with stopped_at(START + timedelta(days=step)):
            what = chance.choice(["stamp", "stamp", "undo", "count"])
            if what == "stamp":
                card = chance.choice(cards)
                stamped.append((card, stamp(card)))
            elif what == "undo" and stamped:
                undo(*stamped.pop(chance.randrange(len(stamped))))
            elif what == "count":
                tally_draws(lume.merchant.id)
        assert without_none(told(offer)) == counted_by_hand(offer), step


def test_what_was_counted_is_not_read_again(lume: Shop, eager: None) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    for _ in range(7):
        stamp(offer.card())
    undo(card := offer.card(), stamp(card))
    before = told(offer)

    count_all(offer)

    assert DrawTally.objects.get(program=offer.program).counted == 8
    assert told(offer) == before
    which = {"merchant": str(lume.merchant.id), "program": str(offer.program.id)}
    facts: dict[str, str | int] = {**which, "counted": 8, "last": 2**31 - 1}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE draw")
        cursor.execute("SET LOCAL enable_seqscan = off")  # of a table so small
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) {tallying._SINCE}", facts)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "draw_taken_back" in plan
    assert "a_number_names_one_draw" in plan
    assert "Rows Removed by Filter" not in plan


def test_it_is_counted_where_enough_was_drawn_and_only_once(lume: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    stamp(offer.card())
    assert merchants_with_untallied_draws() == []
    monkeypatch.setattr(tallying, "WORTH_IT", 1)
    assert merchants_with_untallied_draws() == [lume.merchant.id]

    count_draws()

    assert merchants_with_untallied_draws() == []
    assert without_none(told(offer)) == counted_by_hand(offer)


def test_what_is_counted_can_be_made_anew(lume: Shop, eager: None) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    for _ in range(4):
        stamp(offer.card())
    count_all(offer)
    kept = told(offer)

    DrawTally.objects.all().delete()

    assert told(offer) == kept
