"""A till may read more in a barcode than the code that people type."""

from typing import Any

import pytest
from django.test import Client

from stampwell.programs.models import Reward
from stampwell.redeem_codes.formats import barcode_text, draw_code
from tests.web.api.client import ApiClient
from tests.web.customer import voucher_path
from tests.web.dashboard.desk import DeskClient
from tests.world import Shop

LINK = "https://shop.example/discount/{code}?redirect=/cart"


def program(**code: Any) -> dict[str, Any]:
    reward = {"name": "Tea", "path": "redeem_code", "redeem_code": {"kind": "static", "code": "TEN OFF", **code}}
    return {"name": "Card", "goal": 1, "milestones": [{"stamps": 1, "reward": reward}]}


def test_the_barcode_holds_the_link_and_the_text_below_is_the_code(client: Client, lume: Shop) -> None:
    reward = program(format="qr", barcode_template=LINK)["milestones"][0]["reward"]
    card = lume.publish(goal=1, milestones=[{"stamps": 1, "reward": reward}]).card()
    ApiClient(lume.api_key()).post(f"/cards/crd_{card.id.hex}/stamps")
    path = voucher_path(card)

    client.post(f"{path}/code")
    page = client.get(path).content.decode()

    assert "TEN OFF" in page
    assert draw_code("https://shop.example/discount/TEN%20OFF?redirect=/cart", "qr") in page
    assert draw_code("TEN OFF", "qr") not in page


def test_without_a_template_the_barcode_is_the_code() -> None:
    assert barcode_text("", "FREE-1") == barcode_text("{code}", "FREE-1") == "FREE-1"
    assert barcode_text("D-{code}", "A B") == "D-A B"


@pytest.mark.parametrize(
    "template",
    ["", "no place", "{code}{code}", "{CODE}", "{code} {shop}", "{code", "{}", "{code}\n", "x" * 300 + "{code}"],
)
def test_a_template_names_the_code_once_and_nothing_else(lume: Shop, template: str) -> None:
    reply = ApiClient(lume.api_key()).post("/programs", program(format="qr", barcode_template=template))

    assert reply.status == 422
    assert not Reward.objects.filter(merchant=lume.merchant).exists()


def test_what_the_barcode_holds_has_to_fit_its_format(lume: Shop) -> None:
    reply = ApiClient(lume.api_key()).post("/programs", program(format="code128", barcode_template=LINK))

    assert (reply.status, reply.code) == (422, "code_does_not_fit")


def test_a_change_at_the_desk_keeps_the_template(lume: Shop) -> None:
    api = ApiClient(lume.api_key())
    made = api.post("/programs", program(format="qr", barcode_template=LINK)).json
    assert made["milestones"][0]["reward"]["redeem_code"]["barcode_template"] == LINK

    reward = made["milestones"][0]["reward"]
    fields = {
        "goal": "1",
        "rows": "0",
        "goal-reward-code": "TEN OFF",
        "goal-reward-was": reward["id"],
        **{f"milestone-0-{name}": None for name in ("stamps", "name", "path", "valid_days")},
    }
    DeskClient(lume.owner).publish(f"/programs/{made['id']}/edit/", **fields)

    changed = api.get(f"/programs/{made['id']}").json
    assert changed["version"] == 2
    assert changed["milestones"][0]["reward"]["redeem_code"]["barcode_template"] == LINK
