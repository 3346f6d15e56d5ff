"""A draw at a milestone: which prize a card gets, what it costs the others, and that all of it can be proven."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from stampwell.cards.giving import give_voucher
from stampwell.clock import stopped_at
from stampwell.draws import chains
from stampwell.draws.chains import utc_day
from stampwell.draws.following import faults_between
from stampwell.draws.models import Draw, DrawChain
from stampwell.draws.proof import DrawProof
from stampwell.draws.verifying import Verdict, verify
from stampwell.events.models import Event
from stampwell.programs.draw_proof import prove_month
from stampwell.programs.refusals import DrawUnclear
from stampwell.refusal import NotFound
from stampwell.tokens import unseal
from tests.cards.test_stamping import NO_COOLDOWN, stamp
from tests.cards.test_undoing import undo
from tests.moments import START
from tests.world import Offer, Shop

BISCUIT = {"odds": 5_000, "reward": {"name": "A biscuit", "path": "self_redeem"}}
COFFEE = {"odds": 4_000, "reward": {"name": {"en": "A coffee", "lv": "Kafija"}, "valid_days": 30}}
CAKE = {"odds": 1_000, "reward": {"name": "A cake"}}
NEVER = {"odds": 0, "reward": {"name": "A napkin"}}


def draw_of(*prizes: dict[str, Any], **rules: Any) -> dict[str, Any]:
    """A draw at the first stamp."""
    return {"stamps": 1, "reward": {"name": "A lucky prize", "draw": {"prizes": [*prizes], **rules}}}


def publish(shop: Shop, *prizes: dict[str, Any], **rules: Any) -> Offer:
    return shop.publish(goal=1, milestones=[draw_of(*prizes, **rules)], earning=NO_COOLDOWN)


def of_one(limit: str, most: int = 1) -> list[dict[str, Any]]:
    """A cake for everybody, as long as there is one; then a napkin."""
    return [{**CAKE, "odds": 10_000, limit: most}, NEVER]


def given(shop: Shop) -> list[str]:
    return [draw.known_as for draw in Draw.objects.filter(merchant=shop.merchant).order_by("number")]


def prove(offer: Offer, first: date | None = None) -> DrawProof:
    """As it is read from the file."""
    month = first or utc_day(START).replace(day=1)
    proof = prove_month(offer.shop.merchant, offer.program.id, month)
    return msgspec.json.decode(msgspec.json.encode(proof), type=DrawProof)


def proven(offer: Offer, *, days: int = 2) -> Verdict:
    """By a file that is made when the seed of today is told."""
    with stopped_at(START + timedelta(days=days)):
        return verify(prove(offer))


def test_a_card_gets_one_of_the_prizes_with_the_stamp(lume: Shop) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)

    stamped = [stamp(offer.card()) for _ in range(12)]

    names = {"a cake": "A cake", "a coffee": {"en": "A coffee", "lv": "Kafija"}, "a biscuit": "A biscuit"}
    assert [one.facts.vouchers_issued[0].reward.name for one in stamped] == [names[name] for name in given(lume)]
    assert len(set(given(lume))) > 1
    assert proven(offer) == Verdict(draws=12, open=0, faults=[])


def test_a_prize_is_a_voucher_like_any_other(lume: Shop) -> None:
    card = publish(lume, *of_one("stock")).card()

    voucher = stamp(card).issued[0]

    assert (voucher.state, voucher.program_id) == ("ready", card.row.program_id)
    assert [one.id for one in card.open_vouchers] == [voucher.id]


def test_the_draw_is_told_by_an_event(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock"))
    card = offer.card()
    stamped = stamp(card)

    event = Event.objects.get(merchant=lume.merchant, type="draw.drawn")
    told = event.data["draw"]
    assert (told["number"], told["prize"]["name"], told["why"]) == (1, "A cake", "")
    assert told["voucher_id"] == stamped.facts.vouchers_issued[0].id
    assert (event.card_id, event.voucher_id) == (card.id, stamped.issued[0].id)


def test_of_a_stock_no_more_is_given(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock", 2))

    for _ in range(4):
        stamp(offer.card())

    assert given(lume) == ["a cake", "a cake", "a napkin", "a napkin"]
    assert [draw.why for draw in prove(offer).draws] == ["", "", "stock", "stock"]
    assert proven(offer).faults == []


def test_a_limit_of_the_day_begins_anew_with_the_shops_day(lume: Shop) -> None:
    offer = publish(lume, *of_one("most_a_day"))
    for day in (0, 0, 1):
        with stopped_at(START + timedelta(days=day)):
            stamp(offer.card())

    assert given(lume) == ["a cake", "a napkin", "a cake"]
    assert proven(offer).faults == []


def test_a_stock_is_that_of_the_program_also_under_other_terms(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock"))
    stamp(offer.card())
    again = lume.publish(offer.program, goal=1, milestones=[draw_of(*of_one("stock"))], earning=NO_COOLDOWN)

    stamp(again.card())

    assert given(lume) == ["a cake", "a napkin"]
    assert DrawChain.objects.filter(merchant=lume.merchant).count() == 1
    assert proven(offer).faults == []


def test_of_a_stock_that_new_terms_made_smaller_than_what_was_given_nothing_is_left(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock", 3))
    stamp(offer.card())
    stamp(offer.card())
    fewer = lume.publish(offer.program, goal=1, milestones=[draw_of(*of_one("stock"))], earning=NO_COOLDOWN)

    stamp(fewer.card())

    assert given(lume) == ["a cake", "a cake", "a napkin"]
    assert proven(offer).faults == []


def test_an_undone_stamp_gives_the_prize_back(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock"))
    undo(card := offer.card(), stamp(card))

    stamp(offer.card())

    assert given(lume) == ["a cake", "a cake"]
    assert proven(offer).faults == []


def test_nobody_stamps_anew_until_the_prize_is_better(lume: Shop) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    card, first = offer.card(), START + timedelta(days=10)  # not at the end of a month, whenever this runs
    for day in range(6):
        with stopped_at(first + timedelta(days=day)):
            undo(card, stamp(card))

    with stopped_at(first + timedelta(days=7)):
        proof = prove(offer, utc_day(first).replace(day=1))
    assert len({(draw.value, draw.given) for draw in proof.draws}) == 1
    assert [draw.repeats for draw in proof.draws] == [None, 1, 1, 1, 1, 1]
    assert verify(proof).faults == []


def test_each_round_is_drawn_for(lume: Shop) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)

    stamp(offer.card(), count=20)

    draws = prove(offer).draws
    assert [draw.round for draw in draws] == [*range(1, 21)]
    assert len({draw.value for draw in draws}) > 10
    assert proven(offer).faults == []


def test_the_seeds_are_committed_to_before_the_first_draw_and_told_after_their_day(lume: Shop) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    before = prove(offer)
    stamp(offer.card())
    today = prove(offer)

    assert (len(before.chains), before.draws, before.seeds) == (1, [], {})
    assert today.chains == before.chains
    assert (today.seeds, verify(today)) == ({}, Verdict(draws=1, open=1, faults=[]))
    with stopped_at(START + timedelta(days=2)):
        assert [*prove(offer).seeds] == [utc_day(START)]


@pytest.mark.parametrize("behind", ["of the database", "of the process"])
def test_a_seed_is_told_when_its_day_is_over_by_both_clocks(
    lume: Shop, monkeypatch: pytest.MonkeyPatch, behind: str
) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    stamp(offer.card())
    tomorrow = START + timedelta(days=1)
    database, process = (START, tomorrow) if behind == "of the database" else (tomorrow, START)
    monkeypatch.setattr(chains, "as_stopped", lambda moment: database)

    with stopped_at(process):
        assert (prove(offer).seeds, verify(prove(offer)).open) == ({}, 1)
    monkeypatch.setattr(chains, "as_stopped", lambda moment: tomorrow)
    with stopped_at(tomorrow):
        assert [*prove(offer).seeds] == [utc_day(START)]


def test_whoever_draws_while_the_clock_is_behind_takes_no_seed_that_is_told(
    lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = publish(lume, CAKE, COFFEE, BISCUIT)
    monkeypatch.setattr(chains, "as_stopped", lambda moment: START + timedelta(days=1))

    stamp(offer.card())

    assert Draw.objects.get(merchant=lume.merchant).seed_day == utc_day(START + timedelta(days=1))
    monkeypatch.undo()
    assert proven(offer) == Verdict(draws=1, open=0, faults=[])


def test_the_seed_is_sealed_in_the_database(lume: Shop) -> None:
    publish(lume, CAKE, BISCUIT | {"odds": 9_000})

    chain = DrawChain.objects.get(merchant=lume.merchant)

    assert len(unseal(bytes(chain.secret))) == 32
    assert unseal(bytes(chain.secret)) not in bytes(chain.secret)


def test_the_next_month_goes_on_where_the_last_one_ended(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock", 3))
    cards = [offer.card() for _ in range(3)]
    first = stamp(cards[0])
    stamp(cards[1])
    with stopped_at(START + timedelta(days=40)):
        undo(cards[0], first)
        for card in cards:
            stamp(card)

    with stopped_at(START + timedelta(days=80)):
        months = [prove(offer), prove(offer, (START + timedelta(days=40)).date().replace(day=1))]
    assert [verify(month).faults for month in months] == [[], []]
    assert [month.before for month in months] == [0, 2]
    assert faults_between(*months) == []
    assert given(lume) == ["a cake", "a cake", "a cake", "a cake", "a napkin"]


@pytest.mark.parametrize(
    ("born", "prize"),
    [(None, "A napkin"), (date(2020, 1, 1), "A napkin"), (date(2000, 1, 1), "A cake")],
)
def test_whoever_is_not_known_to_be_old_enough_gets_the_last_prize_without_a_draw(
    lume: Shop, born: date | None, prize: str
) -> None:
    offer = publish(lume, *of_one("stock"), minimum_age=18)

    stamped = stamp(offer.card(name="Cy", birthday=born))

    assert stamped.facts.vouchers_issued[0].reward.name == prize
    assert len(given(lume)) == (prize == "A cake")


def test_somebody_is_old_enough_from_the_birthday_on(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock", 9), minimum_age=18)
    today = START.date()

    for days in (0, 1):
        stamp(offer.card(name="Cy", birthday=today.replace(year=today.year - 18) + timedelta(days=days)))

    assert given(lume) == ["a cake"]


def test_a_draw_is_not_given_by_hand_but_its_prizes_are(lume: Shop) -> None:
    offer = publish(lume, *of_one("stock"))
    draw, card = offer.terms.milestones[0].reward, offer.card()

    with pytest.raises(NotFound):
        give_voucher(lume.merchant, card.id, draw.id, actor=lume.actor)
    by_hand = give_voucher(lume.merchant, card.id, draw.prizes[0].reward.id, actor=lume.actor)

    assert by_hand.facts.reward.name == "A cake"
    assert given(lume) == []


@pytest.mark.parametrize(
    "prizes",
    [
        [CAKE, BISCUIT],
        [CAKE | {"stock": 1}, BISCUIT | {"odds": 9_000, "stock": 5}],
        [CAKE, CAKE | {"odds": 9_000}],
        [CAKE, {"odds": 9_000, "reward": {"name": {"en": " a CAKE"}}}],
    ],
    ids=["less than 100 %", "a limit on the last one", "one name twice", "one name, written otherwise"],
)
def test_prizes_that_do_not_fit_together_are_refused(lume: Shop, prizes: list[dict[str, Any]]) -> None:
    with pytest.raises(DrawUnclear):
        publish(lume, *prizes)


def test_a_draw_has_no_terms_but_those_of_its_prizes(lume: Shop) -> None:
    draw = draw_of(*of_one("stock"))
    draw["reward"]["valid_days"] = 30

    with pytest.raises(DrawUnclear):
        lume.publish(goal=1, milestones=[draw])
