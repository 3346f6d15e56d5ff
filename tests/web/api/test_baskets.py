"""What a voucher takes off a basket, as programs ask for it."""

from typing import Any

import pytest

from stampwell.events.models import Event
from stampwell.vouchers.models import Redemption
from tests.web.api.client import ApiClient, Reply
from tests.web.api.test_answers import coffee, redeem, refused, voucher_of
from tests.world import Shop

pytestmark = pytest.mark.django_db

TENTH = {"kind": "percentage", "percent": 10, "minimum_spend": 1000, "excluded_categories": ["gifts"]}
BASKET = {
    "lines": [{"amount": 995, "sku": "tea"}, {"amount": 2000, "category": "gifts"}, {"amount": 200, "quantity": 2}]
}
OFF = {"amount": 120, "currency": "EUR", "lines": [100, 0, 20]}
TOO_LITTLE = {"lines": [{"amount": 400}, {"amount": 5000, "category": "gifts"}]}
LINE = {"amount": 1}


def voucher_that_takes_off(api: ApiClient, shop: Shop, rule: dict[str, Any]) -> str:
    return voucher_of(api, shop.publish(**coffee(discount=rule)).card())


def test_asked_held_and_used_it_takes_off_the_same(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_that_takes_off(api, lume, TENTH)

    asked = api.post(f"/vouchers/{voucher}/validation", {"basket": BASKET}, key=None).json
    held = api.post(f"/vouchers/{voucher}/reservation", {"basket": BASKET}).json["reservation"]
    used = redeem(api, voucher, reservation=held["id"], basket=BASKET)

    assert (asked["valid"], asked["discount"], held["discount"]) == (True, OFF, OFF)
    assert (used.status, used.json["redemption"]["discount"]) == (201, OFF)
    told = Event.objects.get(type="voucher.redeemed").data
    assert told["redemption"]["discount"] == OFF


def test_a_basket_that_the_reward_is_not_for_uses_nothing(api: ApiClient, lume: Shop) -> None:
    voucher = voucher_that_takes_off(api, lume, TENTH)
    free = voucher_that_takes_off(api, lume, {"kind": "free_item", "skus": ["latte"]})

    for one, basket, code, status in (
        (voucher, TOO_LITTLE, "basket_too_small", 409),
        (free, TOO_LITTLE, "basket_does_not_fit", 409),
        (voucher, BASKET | {"currency": "USD"}, "other_currency", 422),
    ):
        asked = api.post(f"/vouchers/{one}/validation", {"basket": basket}, key=None).json
        assert (asked["valid"], asked["code"], asked["discount"]) == (False, code, None)
        refused(api.post(f"/vouchers/{one}/reservation", {"basket": basket}), code, status)
        refused(redeem(api, one, basket=basket), code, status)
    too_small = redeem(api, voucher, basket=TOO_LITTLE).json
    assert too_small["facts"] == {
        "minimum": {"amount": 1000, "currency": "EUR"},
        "missing": {"amount": 600, "currency": "EUR"},
    }
    assert not Redemption.objects.exists()


def test_a_reward_that_wants_to_be_alone_is_refused_beside_others(api: ApiClient, lume: Shop) -> None:
    alone, tenth = (voucher_that_takes_off(api, lume, rule) for rule in (TENTH | {"one_per_basket": True}, TENTH))
    basket = BASKET | {"vouchers": [alone, tenth]}

    for one in (alone, tenth):
        asked = api.post(f"/vouchers/{one}/validation", {"basket": basket}, key=None).json
        assert (asked["valid"], asked["code"], asked["discount"]) == (False, "one_per_basket", None)
        refused(api.post(f"/vouchers/{one}/reservation", {"basket": basket}), "one_per_basket")
        refused(redeem(api, one, basket=basket), "one_per_basket")
    refused(redeem(api, alone, basket=BASKET | {"vouchers": ["vch_" + "0" * 32]}), "not_found", 404)
    refused(redeem(api, alone, basket=BASKET | {"vouchers": ["tea"]}), "not_found", 404)
    assert redeem(api, alone, basket=BASKET | {"vouchers": [alone]}).json["redemption"]["discount"] == OFF
    assert redeem(api, tenth, basket=BASKET).status == 201


def test_where_the_till_decides_nothing_is_told(api: ApiClient, lume: Shop) -> None:
    plain, ruled = (voucher_of(api, lume.publish(**coffee()).card()), voucher_that_takes_off(api, lume, TENTH))

    assert api.post(f"/vouchers/{plain}/validation", {"basket": BASKET}, key=None).json["discount"] is None
    assert redeem(api, plain, basket=BASKET).json["redemption"]["discount"] is None
    assert redeem(api, ruled).json["redemption"]["discount"] is None


def test_a_part_of_it_is_taken_back(api: ApiClient, lume: Shop) -> None:
    used = redeem(api, voucher_that_takes_off(api, lume, TENTH), basket=BASKET).json["redemption"]["id"]
    plain = redeem(api, voucher_of(api, lume.publish(**coffee()).card())).json["redemption"]["id"]

    def reverse(redemption: str, **part: Any) -> Reply:
        return api.post(f"/redemptions/{redemption}/reversal", {"reason": "Broken", **part})

    part, rest = reverse(used, lines=[2]), reverse(used, amount=100)

    assert (part.status, part.json["voucher"]["state"], rest.json["voucher"]["state"]) == (201, "redeemed", "ready")
    assert part.json["reversal"]["discount"] == {"amount": 20, "currency": "EUR", "lines": [0, 0, 20]}
    assert rest.json["reversal"]["discount"] == {"amount": 100, "currency": "EUR", "lines": [100, 0, 0]}
    refused(reverse(used, amount=1), "redemption_already_reversed")
    refused(reverse(plain, amount=1), "no_discount_told")
    assert reverse(plain).json["reversal"]["discount"] is None
    assert reverse(used, amount=1, lines=[0]).json["errors"][0]["code"] == "not_together"


def test_more_than_is_left_is_refused_with_what_is(api: ApiClient, lume: Shop) -> None:
    used = redeem(api, voucher_that_takes_off(api, lume, TENTH), basket=BASKET).json["redemption"]["id"]

    reply = api.post(f"/redemptions/{used}/reversal", {"reason": "Broken", "amount": 121})

    refused(reply, "part_too_large")
    assert reply.json["facts"] == {"left": {"amount": 120, "currency": "EUR"}}


@pytest.mark.parametrize(
    ("basket", "pointer"),
    [
        ({"lines": []}, "/basket/lines"),
        ({"lines": [LINE] * 201}, "/basket/lines"),
        ({"lines": [{"amount": -1}]}, "/basket/lines/0/amount"),
        ({"lines": [{"amount": 1, "quantity": 0}]}, "/basket/lines/0/quantity"),
        ({"lines": [{"amount": 1.5}]}, "/basket/lines/0/amount"),
        ({"lines": [{"amount": 1, "sku": "a\nb"}]}, "/basket/lines/0/sku"),
        ({"lines": [{"sku": "tea"}]}, "/basket/lines/0/amount"),
    ],
)
def test_a_basket_that_is_none_is_refused(api: ApiClient, basket: dict[str, Any], pointer: str) -> None:
    for call in ("validation", "reservation", "redemption"):
        reply = api.post(f"/vouchers/vch_1/{call}", {"basket": basket})
        assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, pointer)


def published(api: ApiClient, rule: dict[str, Any]) -> Reply:
    return api.post("/programs", {"name": "Tea card", **coffee(discount=rule)})


def test_a_program_says_what_its_reward_takes_off(api: ApiClient) -> None:
    made = published(api, {"kind": "amount", "amount": 250}).json

    assert made["milestones"][0]["reward"]["discount"] == {
        "kind": "amount",
        "amount": 250,
        "minimum_spend": None,
        "maximum_discount": None,
        "excluded_skus": [],
        "excluded_categories": [],
        "one_per_basket": False,
    }
    assert api.get(f"/programs/{made['id']}").json == made


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"kind": "percentage", "percent": 101}, "/percent"),
        ({"kind": "amount", "amount": 0}, "/amount"),
        ({"kind": "amount", "amount": 5, "percent": 5}, "/percent"),
        ({"kind": "gift"}, "/kind"),
    ],
)
def test_a_rule_that_is_none_is_refused(api: ApiClient, rule: dict[str, Any], pointer: str) -> None:
    reply = published(api, rule)

    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, f"/milestones/0/reward/discount{pointer}")


def test_a_free_item_that_is_not_named_is_refused_of_a_reward_and_of_a_prize(api: ApiClient) -> None:
    rule: dict[str, Any] = {"kind": "free_item"}
    nameless = {"name": "Tea", "discount": rule}
    prizes = [{"odds": 5000, "reward": nameless}, {"odds": 5000, "reward": {"name": "A biscuit"}}]

    replies = [
        published(api, rule),
        api.post("/programs", {"name": "Card", **coffee(draw={"prizes": prizes})}),
    ]

    assert [(reply.status, reply.json["code"]) for reply in replies] == [(422, "free_item_unnamed")] * 2
