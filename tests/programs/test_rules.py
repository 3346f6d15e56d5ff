"""What customers read of the rules of a program and of the limits of its rewards."""

from datetime import timedelta
from urllib.parse import urlsplit

import msgspec
import pytest
from django.test import Client
from django.utils.translation import override

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.languages.formatting import format_start
from stampwell.merchants.local_time import local_day, start_of_day
from stampwell.programs.discount_words import say_discount
from stampwell.programs.rules import say_how_long, say_limits, say_policy, say_rules
from stampwell.programs.terms import Path, PrizeTerms, Terms
from stampwell.wallet.content import show_voucher
from tests.kept import made_once
from tests.moments import RIGA, START
from tests.world import Offer, Shop

pytestmark = pytest.mark.django_db

LIMITED = {
    "name": {"en": "Tea", "lv": "Tēja"},
    "weekdays": [1, 2, 3, 4, 5],
    "hours": [["08:00", "11:00"]],
    "valid_days": 30,
    "active_after_seconds": 86400,
}
EARNING = {"minimum_spend": 500, "daily_cap": 2, "cooldown_seconds": 43200, "only_when_open": True}


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish(goal=4, milestones=[{"stamps": 4, "reward": LIMITED}], earning=EARNING)


def test_every_rule_is_a_sentence(offer: Offer) -> None:
    assert say_rules(offer.terms) == [
        "Purchases of €5.00 or more count.",
        "Stamps are given during opening hours only.",
        "You can get 2 stamps a day at most.",
        "Pause between two stamps: 12 hours.",
    ]


def test_a_guard_against_a_slip_of_the_hand_is_no_rule_to_be_told(offer: Offer) -> None:
    plain: Terms = msgspec.structs.replace(
        offer.terms, minimum_spend=None, daily_cap=None, cooldown_seconds=30, only_when_open=False
    )

    assert say_rules(plain) == []


def test_the_limits_of_a_reward_are_told_in_the_language_of_the_reader(offer: Offer) -> None:
    reward = offer.terms.milestones[0].reward

    with override("lv"):
        said = say_limits(offer.shop.merchant, reward, {})

    assert said[:2] == ["To var izmantot no nākamās dienas.", "Derīga 30 dienu"]
    assert (said[2].split(":")[0], said[3]) == ("Dienas", "Laiks: 08:00–11:00")


def test_a_beginning_is_told_until_it_has_come(offer: Offer) -> None:
    begins = start_of_day(offer.shop.merchant, local_day(offer.shop.merchant, START) + timedelta(days=9))
    reward = msgspec.structs.replace(offer.terms.milestones[0].reward, active_after_seconds=0, active_from=begins)

    with stopped_at(begins - timedelta.resolution):
        told = next(say_how_long(offer.shop.merchant, reward))
    with stopped_at(begins):
        told_later = next(say_how_long(offer.shop.merchant, reward))

    assert told == f"You can use it from: {format_start(begins, RIGA)}"
    assert ":" not in format_start(begins, RIGA), "a day, without its midnight"
    assert ":" in format_start(begins + timedelta(minutes=1), RIGA)
    assert told_later == "Valid for 30 days"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("staff_scan", "The staff scan it when you use it."),
        ("self_redeem", "You confirm its use yourself on your phone, at the counter."),
        ("redeem_code", "You show a code at the till when you use it."),
    ],
)
def test_who_confirms_the_use_of_a_reward_is_told_last(offer: Offer, path: Path, said: str) -> None:
    reward = msgspec.structs.replace(offer.terms.milestones[0].reward, path=path)

    policy = say_policy(offer.shop.merchant, reward, {})

    assert policy == [*say_limits(offer.shop.merchant, reward, {}), said]


def test_who_else_confirms_and_where_is_told_to_customers(offer: Offer) -> None:
    reward = offer.terms.milestones[0].reward
    agreed = msgspec.structs.replace(reward, path="staff_scan", needs_manager=True)
    near = msgspec.structs.replace(reward, path="self_redeem", place_check=True)

    said = [say_policy(offer.shop.merchant, one, {})[-1] for one in (agreed, near)]

    assert said == [
        "The staff scan it when you use it, and the person in charge confirms.",
        "You confirm its use yourself on your phone, near the shop; otherwise the staff scan it.",
    ]


def test_of_a_draw_it_is_not_told_who_confirms_it(offer: Offer) -> None:
    prize = offer.terms.milestones[0].reward
    draw = msgspec.structs.replace(prize, prizes=(PrizeTerms(prize, "voucher", 10_000, None, None),))

    assert say_policy(offer.shop.merchant, draw, {}) == say_limits(offer.shop.merchant, draw, {})


def test_a_pass_tells_the_days_and_hours_of_its_reward(lume: Shop) -> None:
    card = lume.publish(goal=4, milestones=[{"stamps": 4, "reward": LIMITED}]).card()
    add_stamp(lume.merchant, card.id, Purchase(count=4), actor=lume.actor)

    shown = show_voucher(lume.merchant, card.open_vouchers[0])

    assert shown.what_to_do["en"].splitlines()[1:] == ["Days: Mon–Fri", "Hours: 08:00–11:00"]
    assert len(set(shown.what_to_do.values())) == 6


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "amount", "amount": 250}, ["It takes €2.50 off the purchase."]),
        (
            {"kind": "percentage", "percent": 15, "minimum_spend": 1000, "maximum_discount": 500},
            [
                "It takes 15% off the purchase.",
                "For purchases of €10.00 or more.",
                "It takes off €5.00 at most.",
            ],
        ),
        (
            {"kind": "free_item", "skus": ["LATTE-S"], "categories": ["Cakes"], "excluded_categories": ["Gift cards"]},
            ["One of these is free: Cakes or LATTE-S.", "Not for: Gift cards."],
        ),
        (
            {"kind": "amount", "amount": 250, "one_per_basket": True},
            ["It takes €2.50 off the purchase.", "Not together with another reward in one purchase."],
        ),
    ],
)
def test_what_a_reward_takes_off_is_told_in_words(lume: Shop, rule: dict[str, object], said: list[str]) -> None:
    offer = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": {"name": "Tea", "discount": rule}}])

    assert say_discount(offer.terms.milestones[0].reward, offer.terms.currency) == said


def test_the_card_and_the_page_where_it_is_got_tell_them(offer: Offer) -> None:
    english = Client(headers={"accept-language": "en"})
    paths = [urlsplit(offer.card().url).path, f"/j/{offer.shop.merchant.slug}/{offer.program.slug}"]

    for page in (english.get(path).content.decode() for path in paths):
        assert "You can get 2 stamps a day at most." in page
        assert "Days: Mon–Fri" in page
        assert "Valid for 30 days" in page
        assert "The staff scan it when you use it." in page
