"""A program with a draw by the API, and the draws of a month as the file that proves them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stampwell.clock import stopped_at
from stampwell.ids import public_id
from stampwell.management.draw_proof import main
from stampwell.merchants.access import Scope
from tests.moments import START
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.django_db

CAKE = {
    "odds": 1_000,
    "stock": 5,
    "reward": {"name": "A cake", "path": "redeem_code", "redeem_code": {"kind": "static", "code": "CAKE"}},
}
WORDS = {"kind": "words", "odds": 3_000, "reward": {"name": "A compliment from the chef"}}
BISCUIT = {"odds": 6_000, "reward": {"name": "A biscuit", "path": "self_redeem"}}


def program(**draw: Any) -> dict[str, Any]:
    reward = {"name": "A lucky prize", "draw": {"prizes": [CAKE, WORDS, BISCUIT], **draw}}
    return {
        "name": "Lucky card",
        "goal": 1,
        "milestones": [{"stamps": 1, "reward": reward}],
        "earning": {"cooldown_seconds": 0},
    }


def test_a_draw_is_shown_as_it_was_posted(api: ApiClient) -> None:
    made = api.post("/programs", program(minimum_age=18))

    assert made.status == 201
    draw = made.json["milestones"][0]["reward"]["draw"]
    assert draw["minimum_age"] == 18
    assert [(one["kind"], one["odds"], one["most_a_day"], one["stock"]) for one in draw["prizes"]] == [
        ("voucher", 1_000, None, 5),
        ("words", 3_000, None, None),
        ("voucher", 6_000, None, None),
    ]
    assert [one["reward"]["name"] for one in draw["prizes"]] == ["A cake", "A compliment from the chef", "A biscuit"]
    assert draw["prizes"][0]["reward"]["redeem_code"]["code"] == "CAKE"


def test_whoever_only_reads_programs_sees_no_code_of_a_prize(api: ApiClient, lume: Shop) -> None:
    made = api.post("/programs", program()).json["id"]
    reader = ApiClient(lume.api_key(Scope.PROGRAMS_READ))

    prizes = reader.get(f"/programs/{made}").json["milestones"][0]["reward"]["draw"]["prizes"]

    assert prizes[0]["reward"]["redeem_code"]["code"] is None


def test_a_draw_whose_prizes_do_not_fit_together_is_refused(api: ApiClient) -> None:
    refused = api.post("/programs", program(prizes=[CAKE, CAKE]))

    assert (refused.status, refused.json["code"]) == (422, "draw_unclear")


def test_an_end_without_its_zone_is_found_in_a_prize_too(api: ApiClient) -> None:
    wrong = BISCUIT | {"reward": {"name": "A biscuit", "valid_until": "2999-01-01T00:00:00"}}

    refused = api.post("/programs", program(prizes=[CAKE, wrong]))

    assert refused.status == 422
    assert "/milestones/0/reward/draw/prizes/1/reward/valid_until" in refused.body.decode()


def test_the_draws_of_a_month_are_read_and_prove_themselves(api: ApiClient, lume: Shop, tmp_path: Path) -> None:
    made = api.post("/programs", program()).json["id"]
    path = f"/programs/{made}/draws"
    committed = api.get(path).json["chains"]
    for _card in range(3):
        card = api.post("/cards", {"program_id": made}).json["id"]
        stamped = api.post(f"/cards/{card}/stamps", {})
        assert stamped.status == 201
        assert [draw["card_id"] for draw in stamped.json["draws"]] == [card]
    with stopped_at(START + timedelta(days=2)):
        read = api.get(f"{path}?month={START:%Y-%m}")

    assert len(read.json["draws"]) == 3
    assert (read.json["chains"], len(committed)) == (committed, 1)
    file = tmp_path / "draws.json"
    file.write_bytes(read.body)
    assert main(["verify", str(file)]) == 0
    tampered = read.json
    tampered["draws"][1]["value"] = (tampered["draws"][1]["value"] + 1) % 10_000
    file.write_text(json.dumps(tampered))
    assert main(["verify", str(file)]) == 1


@pytest.mark.parametrize("month", ["2026", "2026-13", "now"])
def test_a_month_that_is_none_is_refused(api: ApiClient, lume: Shop, month: str) -> None:
    offer = lume.publish()

    assert api.get(f"/programs/{public_id('prg', offer.program.id)}/draws?month={month}").status == 422


def test_draws_of_another_shop_are_not_found_and_need_their_scope(api: ApiClient, lume: Shop, rossi: Shop) -> None:
    foreign = public_id("prg", rossi.publish().program.id)
    mine = public_id("prg", lume.publish().program.id)

    assert api.get(f"/programs/{foreign}/draws").status == 404
    assert ApiClient(lume.api_key(Scope.PROGRAMS_READ)).get(f"/programs/{mine}/draws").status == 403
