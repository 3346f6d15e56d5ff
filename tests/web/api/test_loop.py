"""The whole loop as a till would do it."""

from typing import Any

import pytest

from stampwell.merchants.changing import change_staff_limits
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.django_db

PROGRAM: dict[str, Any] = {
    "name": {"en": "Coffee card", "lv": "Kafijas karte"},
    "goal": 10,
    "earning": {"by": "visit", "cooldown_seconds": 0},
    "milestones": [
        {"stamps": 5, "reward": {"name": "A biscuit", "path": "self_redeem", "valid_days": 30}},
        {
            "stamps": 10,
            "reward": {
                "name": "A free coffee",
                "path": "redeem_code",
                "redeem_code": {"kind": "static", "code": "FREECOFFEE", "format": "qr"},
            },
        },
    ],
}


def test_a_card_goes_from_join_to_reward_and_on(api: ApiClient, lume: Shop) -> None:
    change_staff_limits(lume.merchant, most_stamps_at_once=12, most_stamps_with_override=5, actor=lume.actor)
    program = api.post("/programs", PROGRAM).json
    card = api.post("/cards", {"program_id": program["id"], "locale": "lv"}).json

    stamped = api.post(f"/cards/{card['id']}/stamps", {"count": 12})
    coffee = stamped.json["vouchers_issued"][1]
    redeemed = api.post(f"/vouchers/{coffee['id']}/redemption", {"receipt_id": "R-1"})
    taken_back = api.post(f"/redemptions/{redeemed.json['redemption']['id']}/reversal", {"reason": "Wrong table"})

    assert stamped.status == 201
    assert (stamped.json["card"]["round"], stamped.json["card"]["stamps"], stamped.json["card"]["goal"]) == (2, 2, 10)
    assert coffee["redeem_code"] == {"kind": "static", "format": "qr", "code": "FREECOFFEE"}
    assert redeemed.status == 201
    assert redeemed.json["voucher"]["state"] == "redeemed"
    assert redeemed.json["voucher"]["redeem_code"]["code"] is None
    assert redeemed.json["card"]["web_url"] == card["web_url"]
    assert taken_back.status == 201
    assert taken_back.json["voucher"]["state"] == "ready"
    assert len(taken_back.json["card"]["vouchers"]) == 2


def test_what_happened_can_be_read_in_order(api: ApiClient) -> None:
    program = api.post("/programs", PROGRAM).json
    card = api.post("/cards", {"program_id": program["id"], "locale": "lv"}).json
    api.post(f"/cards/{card['id']}/stamps", {"count": 5})

    events = api.get("/events").json["items"]

    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert {event["type"] for event in events} == {
        "program.published",
        "card.issued",
        "stamp.added",
        "milestone.reached",
        "voucher.issued",
        "voucher.ready",
    }
    stamped = next(event for event in events if event["type"] == "stamp.added")
    assert stamped["data"]["card"] == {**api.get(f"/cards/{card['id']}").json}
