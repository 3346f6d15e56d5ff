"""What the till took off, held against what rewards take off: which one was used, and where it was more."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stampwell.programs.discount_rules import AmountOff, DiscountRule, FreeItem, Percentage
from stampwell.reconciling.giving import most_off
from stampwell.reconciling.pairing import pair_in_time
from stampwell.reconciling.shown import Shown, Use
from stampwell.reconciling.taken_off import judge_amounts
from stampwell.vouchers.discounts import Line, take_off
from tests.reconciling.test_matching import HARBOUR, OLD_TOWN, STATIC, compare, shown, use
from tests.reconciling.working import compare as compare_report
from tests.reconciling.working import line_of, report_of, rows_kept, show_one
from tests.web.customer import AT_ONCE
from tests.world import Offer, Shop

WINDOW = {"before": timedelta(minutes=20), "after": timedelta(minutes=23)}


def took(amount: int, minutes: float = 0, **more: Any) -> Use:
    given: dict[str, Any] = {"amount_is": "exact", **more}
    return use(minutes, "free", amount=amount, **given)


def gave(gives: int | None, minutes: float = 0, **more: Any) -> Shown:
    return shown(minutes, "free", gives=gives, **more)


def judged(uses: list[Use], there: list[Shown]) -> list[str]:
    return sorted(one.verdict for one in judge_amounts(compare(uses, there, STATIC), there))


def paired(uses: list[Use], there: list[Shown]) -> list[tuple[int, int | None]]:
    return sorted((use.amount, one.gives) for use, one in pair_in_time(uses, there, **WINDOW)[0])


def test_a_use_that_took_off_more_than_its_reward_is_told() -> None:
    assert judged([took(3000)], [gave(300)]) == ["took_more"]
    assert judged([took(3000, location_id=HARBOUR)], [gave(300, location_id=OLD_TOWN)]) == ["took_more"]


@pytest.mark.parametrize(
    ("amount", "gives", "more"),
    [
        (300, 300, {}),
        (120, 300, {}),  # nothing else was bought
        (381, 300, {}),  # with the highest tax of Europe
        (310, 300, {}),  # rounded to the coins of the till
        (3000, None, {}),  # nobody knows what it is worth
        (0, 300, {}),
        (3000, 300, {"amount_is": "unsure"}),
        (3000, 300, {"amount_is": "likely"}),
        (600, 300, {"more": 1}),  # two rows of one receipt
    ],
)
def test_nobody_is_accused_of_an_amount_that_may_be_right(amount: int, gives: int | None, more: dict[str, Any]) -> None:
    assert judged([took(amount, **more)], [gave(gives)]) == ["confirmed"]


def test_an_amount_that_could_be_cents_is_told_where_another_row_says_how_amounts_are_meant() -> None:
    there = [gave(300), gave(300, 90)]

    assert judged([took(3000, amount_is="likely"), took(300, 90, amount_is="likely")], there) == [
        "confirmed",
        "took_more",
    ]
    assert judged([took(3000, amount_is="likely"), took(30_000, 90, amount_is="likely")], there) == ["confirmed"] * 2


def test_a_row_may_stand_for_others_that_were_shown_on_that_day_and_are_missing() -> None:
    there = [gave(300), gave(300, 5), gave(300, 10)]

    assert judged([took(900)], there) == ["confirmed", "not_used", "not_used"]
    assert judged([took(3000)], there) == ["not_used", "not_used", "took_more"]


def test_of_rewards_that_share_a_code_the_one_that_gives_most_counts() -> None:
    assert judged([took(2_400), took(240, 1)], [gave(300), gave(3_000, 1)]) == ["confirmed", "confirmed"]
    assert judged([took(9_000)], [gave(300), gave(None, 1)]) == ["confirmed", "not_used"]


def test_what_the_till_took_for_a_reward_that_was_given_back_or_refunded_is_told_as_that() -> None:
    assert judged([took(3_000)], [gave(300, is_reversed=True)]) == ["given_back"]
    assert judged([took(3_000, receipt="7"), took(3_000, 5, receipt="7", is_refund=True)], [gave(300)]) == ["refunded"]


def test_of_several_that_were_shown_the_one_that_gives_as_much_is_taken() -> None:
    assert paired([took(500), took(300, 1)], [gave(300), gave(500, 1)]) == [(300, 300), (500, 500)]
    assert paired([took(280), took(450, 1)], [gave(300), gave(500, 1)]) == [(280, 300), (450, 500)], "by their times"


def test_an_amount_leaves_nobody_alone_and_accuses_of_no_other_location() -> None:
    first, second = took(300), took(900, 30)
    there = [gave(300, 22), gave(500, -5)]
    assert len(pair_in_time([first, second], there, **WINDOW)[0]) == 2

    here, elsewhere = gave(500, location_id=OLD_TOWN), gave(300, 1, location_id=HARBOUR)
    (pair,) = pair_in_time([took(300, location_id=OLD_TOWN)], [here, elsewhere], **WINDOW)[0]
    assert pair[1] == here


moments, amounts = st.integers(-60, 60), st.sampled_from([0, 120, 300, 500])
told = st.lists(st.tuples(moments, amounts, st.sampled_from([None, OLD_TOWN, HARBOUR])), max_size=12)
there_were = st.lists(
    st.tuples(moments, st.sampled_from([None, 300, 500]), st.sampled_from([None, OLD_TOWN, HARBOUR])), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(told=told, there_were=there_were)
def test_amounts_explain_no_fewer_uses_and_accuse_of_no_more_locations(
    told: list[tuple[int, int, UUID | None]], there_were: list[tuple[int, int | None, UUID | None]]
) -> None:
    uses = [took(amount, at, location_id=place) for at, amount, place in told]
    known = [gave(gives, at, location_id=place) for at, gives, place in there_were]
    alike = [shown_without_worth(one) for one in known]

    def counted(some: list[Shown]) -> tuple[int, int]:
        pairs, left = pair_in_time(uses, some, **WINDOW)
        assert len(pairs) + len(left) == len(uses)
        assert len({one.redemption_id for _use, one in pairs}) == len(pairs)
        return len(pairs), -sum(
            bool(use.location_id and one.location_id not in (None, use.location_id)) for use, one in pairs
        )

    assert counted(known) >= counted(alike)
    assert all(
        one.use and one.use.amount > max(each.gives or 0 for each in known)
        for one in judge_amounts(compare(uses, known, STATIC), known)
        if one.verdict == "took_more"
    )


def shown_without_worth(one: Shown) -> Shown:
    return Shown(**{name: getattr(one, name) for name in Shown.__struct_fields__ if name != "gives"})


@settings(max_examples=100)
@given(
    prices=st.lists(st.integers(1, 5_000), min_size=1, max_size=5),
    rule=st.one_of(
        st.builds(AmountOff, amount=st.integers(1, 4_000), maximum_discount=st.none() | st.integers(1, 4_000)),
        st.builds(Percentage, percent=st.integers(1, 100), maximum_discount=st.none() | st.integers(1, 4_000)),
        st.builds(FreeItem, skus=st.just(["A"]), maximum_discount=st.none() | st.integers(1, 4_000)),
    ),
)
def test_no_basket_gets_more_off_than_its_reward_gives_at_most(prices: list[int], rule: DiscountRule) -> None:
    most = most_off(rule)
    assert most is None or take_off(rule, [Line(amount=price, sku="A") for price in prices]).amount <= most
    assert most is not None or not isinstance(rule, AmountOff)


def off(shop: Shop, code: str, amount: int, name: str = "Money off", **rule: Any) -> Offer:
    reward = {
        "name": name,
        "path": "redeem_code",
        "redeem_code": {"kind": "static", "code": code},
        "discount": {"kind": "amount", "amount": amount, **rule},
    }
    return shop.publish(name=code, goal=1, milestones=[{"stamps": 1, "reward": reward}], earning=AT_ONCE)


@pytest.mark.django_db
def test_of_rewards_with_one_name_the_amount_tells_which_was_used(lume: Shop) -> None:
    three, ten = show_one(off(lume, "THREE", 300)), show_one(off(lume, "TEN", 1000))

    found = compare_report(
        lume,
        report_of(line_of("money off", ten.at, discount="10.00"), line_of("MONEY OFF", three.at, discount="3.00")),
    )

    assert found.counts == {"confirmed": 2}
    untold = report_of(*(line_of("money off", one.at, discount="2.10") for one in (three, ten)))
    assert compare_report(lume, untold).counts.get("confirmed") == 1, "the amount tells nothing: it is the oldest"


@pytest.mark.django_db
def test_what_took_off_too_much_is_confirmed_and_told_with_both_amounts(lume: Shop) -> None:
    offer = off(lume, "THREE", 300)
    right, wrong = show_one(offer), show_one(offer)

    found = compare_report(
        lume,
        report_of(
            line_of("THREE", right.at, discount="3.00", receipt="1"),
            line_of("THREE", wrong.at, discount="30.00", receipt="2"),
        ),
    )

    assert (found.counts, found.money) == ({"confirmed": 1, "took_more": 1}, {"confirmed": 300, "took_more": 3_000})
    assert rows_kept(lume, "verdict", "amount", "receipt", "voucher_id") == [
        ("took_more", 3_000, "2", wrong.voucher_id)
    ]


@pytest.mark.django_db
def test_what_a_row_counts_took_off_its_amount_together(lume: Shop) -> None:
    off(lume, "THREE", 300)

    found = compare_report(lume, "Code,Times used,Discount\nTHREE,3,10.00\n")

    assert (found.counts, found.money) == ({"leaked": 3}, {"leaked": 1000})
    assert [amount for (amount,) in rows_kept(lume, "amount")] == [334, 333, 333]
