"""The whole loop as a till would do it."""

from typing import Any

import pytest

from stampwell.merchants.changing import change_staff_limits
from stampwell.merchants.protection import Protection
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.django_db

BISCUIT = {"stamps": 2, "reward": {"name": "A biscuit", "path": "staff_scan"}}
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
    assert coffee["redeem_code"] == {"kind": "static", "format": "qr", "code": "FREECOFFEE", "code_by_location": {}}
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


def test_a_program_goes_by_the_limit_of_the_card_and_is_told_where_a_manager_can_agree(
    api: ApiClient, lume: Shop
) -> None:
    protection = Protection(most_stamps_on_card_a_day=2, most_stamps_by_device_a_day=1, restoring_needs_manager=True)
    change_staff_limits(
        lume.merchant, most_stamps_at_once=10, most_stamps_with_override=5, protection=protection, actor=lume.actor
    )
    program = api.post("/programs", PROGRAM | {"goal": 2, "milestones": [BISCUIT]}).json
    card = api.post("/cards", {"program_id": program["id"], "locale": "en"}).json
    stamped = api.post(f"/cards/{card['id']}/stamps", {"count": 2})

    refused = api.post(f"/cards/{card['id']}/stamps")

    assert (refused.status, refused.json["code"], refused.json["facts"]) == (409, "needs_manager", {"most": 2})
    assert refused.json["what_to_do"].startswith("A manager can agree at the scanner with a PIN")
    redeemed = api.post(f"/vouchers/{stamped.json['vouchers_issued'][0]['id']}/redemption")
    assert api.post(f"/redemptions/{redeemed.json['redemption']['id']}/reversal", {"reason": "x"}).status == 201
