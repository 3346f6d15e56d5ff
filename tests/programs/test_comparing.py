"""Whether other terms are better or worse for customers."""

from typing import Any

import msgspec
import pytest

from stampwell.programs.comparing import Verdict, compare, judge
from stampwell.programs.drafting import ProgramDraft
from stampwell.programs.publishing import propose_terms
from tests.world import BISCUIT, COFFEE, Shop

TEA = {"stamps": 10, "reward": {"name": "A free tea"}}


def coffee(**changes: Any) -> dict[str, Any]:
    """The coffee at ten stamps, with other terms of its own."""
    return {"stamps": 10, "reward": {"name": "A free coffee"} | changes}


def visit(**changes: Any) -> dict[str, Any]:
    return {"earning": {"by": "visit", "cooldown_seconds": 300} | changes}


def amount(**changes: Any) -> dict[str, Any]:
    return {"earning": {"by": "amount", "amount_per_stamp": 500, "currency": "EUR"} | changes}


def only(*milestones: dict[str, Any]) -> dict[str, Any]:
    return {"milestones": list(milestones), "goal": milestones[-1]["stamps"]}


TENTH, FREE = {"kind": "percentage", "percent": 10}, {"kind": "free_item", "skus": ["latte"]}
TWO = ["latte", "mocha"]
MORNING, DAY = [["08:00", "12:00"]], [["08:00", "18:00"]]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (only(TEA), only(TEA), "same"),
        (only(TEA), only(TEA) | {"name": "Tea card", "design": {"background": "#111111"}}, "same"),
        (only(TEA), only(TEA | {"stamps": 8}), "better"),
        (only(TEA), only(TEA | {"stamps": 12}), "worse"),
        (only(TEA), only(BISCUIT, TEA), "better"),
        (only(BISCUIT, TEA), only(TEA), "worse"),
        (only(BISCUIT, TEA), only(BISCUIT | {"stamps": 4}, TEA), "better"),
        (only(BISCUIT, TEA), only(BISCUIT | {"stamps": 6}, TEA), "worse"),
        (only(BISCUIT, TEA), only(BISCUIT | {"stamps": 4}, TEA | {"stamps": 12}), "worse"),
        (only(TEA), only(coffee()), "other"),
        (only(TEA), only(coffee()) | {"goal": 10, "earning": {"cooldown_seconds": 0}}, "other"),
        (only(TEA), only(coffee() | {"stamps": 12}), "worse"),
        (only(coffee(valid_days=7)), only(coffee(valid_days=30)), "better"),
        (only(coffee(valid_days=7)), only(coffee()), "better"),
        (only(coffee()), only(coffee(valid_days=700)), "worse"),
        (only(coffee()), only(coffee(valid_until="2999-01-01T00:00:00Z")), "worse"),
        (only(coffee(active_after_seconds=3600)), only(coffee()), "better"),
        (only(coffee()), only(coffee(active_from="2998-01-01T00:00:00Z")), "worse"),
        (only(coffee(active_from="2998-01-01T00:00:00Z")), only(coffee(active_from="2997-01-01T00:00:00Z")), "better"),
        (only(coffee(valid_days=7)), only(coffee(valid_days=7, grace_days=3)), "same"),
        (only(coffee(valid_days=7, remind_days_before=1)), only(coffee(valid_days=7)), "same"),
        (only(coffee()), only(coffee(from_next_visit=True)), "worse"),
        (only(coffee(from_next_visit=True)), only(coffee()), "better"),
        (only(coffee()), only(coffee(weekdays=[1, 2, 3, 4, 5])), "worse"),
        (only(coffee(weekdays=[1, 2])), only(coffee(weekdays=[2, 3])), "worse"),
        (only(coffee(hours=MORNING)), only(coffee(hours=DAY)), "better"),
        (only(coffee(weekdays=[1], hours=DAY)), only(coffee(hours=DAY)), "better"),
        (only(coffee(weekdays=list(range(1, 8)))), only(coffee()), "same"),
        (only(coffee()), only(coffee(path="self_redeem")), "same"),
        (only(coffee()), only(coffee(confirmed_by="manager")), "same"),
        (only(coffee(path="self_redeem")), only(coffee(path="self_redeem", place_check=True)), "same"),
        (only(coffee()), only(coffee(discount=TENTH)), "other"),
        (only(coffee(discount=TENTH)), only(coffee(discount={"kind": "amount", "amount": 90})), "other"),
        (only(coffee(discount=TENTH)), only(coffee(discount=TENTH | {"percent": 20})), "better"),
        (only(coffee(discount=TENTH)), only(coffee(discount=TENTH | {"percent": 20, "minimum_spend": 900})), "worse"),
        (only(coffee(discount=TENTH | {"maximum_discount": 90})), only(coffee(discount=TENTH)), "better"),
        (only(coffee(discount=TENTH)), only(coffee(discount=TENTH | {"excluded_skus": ["tea"]})), "worse"),
        (only(coffee(discount=TENTH)), only(coffee(discount=TENTH | {"one_per_basket": True})), "worse"),
        (only(coffee(discount=FREE)), only(coffee(discount=FREE | {"skus": ["latte", "mocha"]})), "better"),
        (only(coffee(discount=FREE)), only(coffee(discount=FREE | {"skus": ["mocha"]})), "worse"),
        (only(coffee(discount=FREE | {"skus": TWO})), only(coffee(discount=FREE | {"skus": TWO[::-1]})), "same"),
        (only(coffee(discount=TENTH | {"excluded_skus": TWO})), only(coffee(discount=TENTH)), "better"),
        (visit(), visit(cooldown_seconds=0), "better"),
        (visit(), visit(cooldown_seconds=600), "worse"),
        (visit(), visit(daily_cap=1), "worse"),
        (visit(daily_cap=1), visit(daily_cap=2), "better"),
        (visit(daily_cap=1), visit(), "better"),
        (visit(), visit(only_when_open=True), "worse"),
        (visit(), amount(), "worse"),
        (amount(), amount(amount_per_stamp=400), "better"),
        (amount(), amount(amount_per_stamp=600), "worse"),
        (amount(), amount(minimum_spend=100), "worse"),
        (amount(minimum_spend=100), amount(), "better"),
    ],
)
def test_each_term_is_judged(lume: Shop, before: dict[str, Any], after: dict[str, Any], verdict: Verdict) -> None:
    offer = lume.publish(**before)
    draft = msgspec.convert({"name": "Coffee card", "goal": 10, "milestones": [BISCUIT, COFFEE]} | after, ProgramDraft)

    assert judge(compare(offer.terms, propose_terms(lume.merchant, draft, offer.program))) == verdict


CAKE, BISCUIT_PRIZE = {"reward": {"name": "A cake"}}, {"reward": {"name": "A biscuit"}}
WORDS = {"kind": "words", "reward": {"name": "Thank you!"}}


def odds(cake: int, words: int, biscuit: int, *, stock: int | None = 5, **more: Any) -> dict[str, Any]:
    """A draw of a cake, words and a biscuit; `more` are terms of the cake."""
    cakes = {"odds": cake, "stock": stock, "reward": CAKE["reward"] | more}
    return {"prizes": [cakes, WORDS | {"odds": words}, BISCUIT_PRIZE | {"odds": biscuit}]}


def without_words(cake: int) -> dict[str, Any]:
    return {"prizes": [CAKE | {"odds": cake, "stock": 5}, BISCUIT_PRIZE | {"odds": 10_000 - cake}]}


def the_other_way_round() -> dict[str, Any]:
    return {"prizes": [BISCUIT_PRIZE | {"odds": 8_000}, WORDS | {"odds": 1_000}, CAKE | {"odds": 1_000}]}


A_CAKE_OR_WORDS = {"prizes": [WORDS | {"odds": 9_000}, CAKE | {"odds": 1_000}]}
CAKE_OF_WORDS = {"prizes": [CAKE | {"kind": "words", "odds": 2_000}, BISCUIT_PRIZE | {"odds": 8_000}]}


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (odds(1_000, 1_000, 8_000), odds(1_000, 1_000, 8_000), "same"),
        (odds(1_000, 1_000, 8_000), odds(900, 1_000, 8_100), "worse"),
        (odds(1_000, 1_000, 8_000), odds(1_100, 1_000, 7_900), "worse"),
        (odds(1_000, 1_000, 8_000), odds(900, 1_100, 8_000), "worse"),
        (odds(1_000, 1_000, 8_000), odds(1_100, 900, 8_000), "better"),
        (odds(1_000, 1_000, 8_000), odds(1_000, 1_000, 8_000, stock=4), "worse"),
        (odds(1_000, 1_000, 8_000), odds(1_000, 1_000, 8_000, stock=None), "better"),
        (odds(1_000, 1_000, 8_000), odds(1_000, 1_000, 8_000, valid_days=9), "worse"),
        (odds(1_000, 1_000, 8_000, valid_days=9), odds(1_000, 1_000, 8_000), "better"),
        (odds(1_000, 1_000, 8_000), odds(1_000, 1_000, 8_000) | {"minimum_age": 18}, "worse"),
        (odds(1_000, 1_000, 8_000) | {"minimum_age": 18}, odds(1_000, 1_000, 8_000) | {"minimum_age": 16}, "better"),
        (odds(1_000, 1_000, 8_000), without_words(2_000), "better"),
        (without_words(2_000), CAKE_OF_WORDS, "worse"),
        (odds(1_000, 1_000, 8_000), A_CAKE_OR_WORDS, "worse"),
        (odds(1_000, 1_000, 8_000), the_other_way_round(), "other"),
    ],
)
def test_a_draw_is_judged_prize_by_prize(
    lume: Shop, before: dict[str, Any], after: dict[str, Any], verdict: Verdict
) -> None:
    offer = lume.publish(**only(coffee(draw=before)))
    draft = msgspec.convert({"name": "Coffee card"} | only(coffee(draw=after)), ProgramDraft)

    assert judge(compare(offer.terms, propose_terms(lume.merchant, draft, offer.program))) == verdict


def test_a_draw_that_becomes_a_reward_is_another_one(lume: Shop) -> None:
    drawn = lume.publish(**only(coffee(draw=without_words(1_000))))

    assert judge(compare(drawn.terms, lume.publish(**only(coffee())).terms)) == "other"


def test_a_place_more_is_better_and_one_less_is_worse(lume: Shop) -> None:
    here = f"loc_{lume.location.id.hex}"
    of_one, of_all = lume.publish(**only(coffee(location_ids=[here]))), lume.publish(**only(coffee()))

    assert judge(compare(of_one.terms, of_all.terms)) == "better"
    assert judge(compare(of_all.terms, of_one.terms)) == "worse"


def test_a_translation_is_no_other_reward(lume: Shop) -> None:
    plain = lume.publish(**only(coffee()))
    translated = lume.publish(**only(coffee(name={"en": "A free coffee", "lv": "Kafija"})))

    assert compare(plain.terms, translated.terms) == []
