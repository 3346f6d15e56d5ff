"""A prize that is words alone: it is drawn, told and taken back like the others, and gives no voucher."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from stampwell.cards.giving import give_voucher
from stampwell.cards.history import describe_line, read_history
from stampwell.cards.merging import merge_customers
from stampwell.cards.models import ReachedMilestone
from stampwell.cards.separating import undo_merge
from stampwell.clock import now
from stampwell.draws.models import Draw
from stampwell.draws.verifying import Verdict
from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.job_kinds import KINDS
from stampwell.jobs.worker import JobWorker
from stampwell.journal.history import history_of_cards, latest_of_merchant
from stampwell.journal.wanted import read_wanted
from stampwell.programs.refusals import DrawUnclear
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.models import Voucher
from stampwell.web.dashboard.journal.pages import read_journal
from tests.cards.test_drawing import draw_of, given, proven, publish
from tests.cards.test_new_terms import change, draft
from tests.cards.test_stamping import NO_COOLDOWN, stamp
from tests.cards.test_undoing import undo
from tests.following import follow_everything
from tests.jobs.conftest import queue as queue
from tests.moments import START
from tests.world import COFFEE, HeldCard, Offer, Shop

THANKS: dict[str, Any] = {"kind": "words", "odds": 10_000, "reward": {"name": {"en": "Thank you!", "lv": "Paldies!"}}}
CAKE = {"odds": 0, "reward": {"name": "A cake"}}


def told_on(card: HeldCard) -> list[tuple[str, bool]]:
    """What its holder reads of draws, and whether it was taken back."""
    with merchant_transaction(card.shop.merchant.id) as tx:
        lines = read_history(tx, card.id, now=now(), limit=20).lines
    return [(describe_line(card.shop.merchant.id, one), one.taken_back) for one in lines if one.kind == "told"]


def words_on(card: HeldCard) -> list[str]:
    """What its holder reads of words that came without a draw."""
    with merchant_transaction(card.shop.merchant.id) as tx:
        lines = read_history(tx, card.id, now=now(), limit=20).lines
    return [describe_line(card.shop.merchant.id, one) for one in lines if one.kind == "words"]


def with_words_at(stamps: int) -> list[dict[str, Any]]:
    return [draw_of(THANKS, CAKE) | {"stamps": stamps}, COFFEE]


def publish_at_five(shop: Shop) -> Offer:
    return shop.publish(milestones=with_words_at(5), earning=NO_COOLDOWN)


def test_words_are_told_and_no_voucher_comes_with_them(lume: Shop) -> None:
    offer = publish(lume, THANKS, CAKE)
    card = offer.card()

    stamped = stamp(card)

    assert (stamped.issued, stamped.facts.vouchers_issued, card.open_vouchers) == ([], [], [])
    assert not Voucher.objects.filter(merchant=lume.merchant).exists()
    drawn = Event.objects.get(merchant=lume.merchant, type="draw.drawn").data["draw"]
    name = {"en": "Thank you!", "lv": "Paldies!"}
    prize = public_id("rwd", offer.terms.milestones[0].reward.prizes[0].reward.id)
    assert drawn["prize"] == {"id": prize, "kind": "words", "name": name}
    assert drawn["voucher_id"] is None
    assert [msgspec.to_builtins(one) for one in stamped.facts.draws] == [drawn]
    assert Event.objects.get(merchant=lume.merchant, type="milestone.reached").data["voucher_id"] is None
    assert told_on(card) == [("Result of the draw: Thank you!", False)]
    assert proven(offer) == Verdict(draws=1, open=0, faults=[])


def test_an_undone_stamp_takes_words_back(lume: Shop) -> None:
    offer = publish(lume, THANKS | {"stock": 1}, CAKE)
    card = offer.card()

    undo(card, stamp(card))
    again = stamp(card)
    stamp(offer.card())

    assert again.issued == []
    assert given(lume) == ["thank you!", "thank you!", "a cake"]
    assert [draw.repeats for draw in Draw.objects.filter(merchant=lume.merchant).order_by("number")] == [None, 1, None]
    assert sorted(told_on(card)) == [("Result of the draw: Thank you!", taken) for taken in (False, True)]
    assert proven(offer).faults == []


def test_words_that_a_round_has_given_are_not_drawn_again_under_new_terms(queue: None, lume: Shop) -> None:
    offer = publish_at_five(lume)
    card = offer.card()
    stamped = stamp(card, count=6)

    change(offer, draft(milestones=with_words_at(4)), "everybody")
    JobWorker(KINDS).empty_the_queue()

    assert given(lume) == ["thank you!"]
    undo(card, stamped)
    assert not ReachedMilestone.objects.filter(merchant=lume.merchant, recalled=None).exists()
    assert Draw.objects.get(merchant=lume.merchant).taken_back_after == 1


def test_words_go_over_to_another_card_and_back_with_their_stamps(lume: Shop) -> None:
    offer = publish_at_five(lume)
    kept, other = offer.card(), offer.card()
    stamped = stamp(other, count=6)

    merged = merge_customers(lume.merchant, kept.row.customer_id, other.row.customer_id, actor=lume.actor)
    assert given(lume) == ["thank you!"]
    undo_merge(lume.merchant, merged.merge.id, actor=lume.actor)
    assert Draw.objects.get(merchant=lume.merchant).taken_back_after is None
    undo(other, stamped)

    assert Draw.objects.get(merchant=lume.merchant).taken_back_after == 1


def test_whoever_is_too_young_gets_words_without_a_draw_where_they_stand_last(lume: Shop) -> None:
    offer = publish(lume, CAKE, THANKS, minimum_age=18)
    child = offer.card(name="Cy", birthday=START.date() - timedelta(days=10 * 365))

    assert stamp(child).issued == []
    assert (given(lume), told_on(child)) == ([], [])
    stamp(offer.card(name="Di", birthday=date(1990, 1, 1)))
    assert given(lume) == ["thank you!"]


def test_words_that_came_by_the_age_stand_among_what_happened(lume: Shop) -> None:
    card = publish(lume, CAKE, THANKS, minimum_age=18).card()

    stamped = stamp(card)

    assert words_on(card) == ["Thank you!"]
    undo(card, stamped)
    assert words_on(card) == []


def test_words_that_came_by_the_age_are_told_to_programs_and_in_the_journal(lume: Shop) -> None:
    offer = publish(lume, CAKE, THANKS, minimum_age=18)
    grown = offer.card(name="Di", birthday=date(1990, 1, 1))

    stamped = stamp(offer.card())
    stamp(grown)

    words = {
        "id": public_id("rwd", offer.terms.milestones[0].reward.prizes[-1].reward.id),
        "kind": "words",
        "name": {"en": "Thank you!", "lv": "Paldies!"},
    }
    assert msgspec.to_builtins(stamped.facts.words) == [words]
    reached = Event.objects.filter(merchant=lume.merchant, type="milestone.reached").order_by("at", "id")
    assert [event.data["words"] for event in reached] == [words, None]
    told = "Given without a draw, because of the age limit: Thank you!"
    follow_everything()
    for asked in ({}, {"kind": "rewards"}, {"q": stamped.card.short_number}):
        wanted = read_wanted(lume.merchant, asked)
        lines = [
            entry.line.what for day in read_journal(lume.merchant, wanted, below=None).days for entry in day.entries
        ]
        assert (told in lines, "A milestone was reached" in lines) == (True, False), asked
    assert told in [line.what for line in history_of_cards(lume.merchant, [stamped.card.id]).lines]
    assert told in [line.what for line, _card in latest_of_merchant(lume.merchant)]
    drawn = [line.what for line in history_of_cards(lume.merchant, [grown.id]).lines]
    assert [line for line in drawn if "Thank you!" in line or "milestone" in line] == ["Draw 1 gave: Thank you!"]


def test_words_that_came_by_the_age_go_over_to_another_card_and_back(lume: Shop) -> None:
    draw = draw_of(CAKE, THANKS, minimum_age=18) | {"stamps": 5}
    offer = lume.publish(milestones=[draw, COFFEE], earning=NO_COOLDOWN)
    kept, other = offer.card(), offer.card()
    stamp(other, count=6)

    merged = merge_customers(lume.merchant, kept.row.customer_id, other.row.customer_id, actor=lume.actor)
    assert (words_on(kept), words_on(other)) == ([], ["Thank you!"])
    undo_merge(lume.merchant, merged.merge.id, actor=lume.actor)

    standing = ReachedMilestone.objects.filter(merchant=lume.merchant, recalled=None)
    assert [tie.card_id for tie in standing] == [other.id]
    assert words_on(other) == ["Thank you!"]


def test_words_are_not_given_by_hand(lume: Shop) -> None:
    offer = publish(lume, THANKS, CAKE)
    words = offer.terms.milestones[0].reward.prizes[0].reward

    with pytest.raises(NotFound):
        give_voucher(lume.merchant, offer.card().id, words.id, actor=lume.actor)


@pytest.mark.parametrize(
    "prizes",
    [
        [THANKS, THANKS | {"odds": 0, "reward": {"name": "Next time!"}}],
        [THANKS | {"reward": {"name": "Thank you!", "valid_days": 30}}, CAKE],
        [THANKS | {"reward": {"name": "A cake"}}, CAKE],
    ],
    ids=["words alone", "words with terms", "words by the name of another prize"],
)
def test_words_that_do_not_fit_are_refused(lume: Shop, prizes: list[dict[str, Any]]) -> None:
    with pytest.raises(DrawUnclear):
        publish(lume, *prizes)
