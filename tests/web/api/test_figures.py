"""GET /figures: the owner's figures, for programs."""

from datetime import timedelta
from typing import Any

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import new_id, stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.events.actors import CLOCK, Actor
from stampwell.ids import private_id, public_id
from stampwell.programs.pricing import Prices, price_program
from stampwell.vouchers.refusals import VoucherExpired
from tests.following import follow_everything
from tests.insight.test_daily_totals import MORNING
from tests.web.api.client import ApiClient
from tests.world import Shop

pytestmark = pytest.mark.moment(MORNING)
TEA = {"stamps": 1, "reward": {"name": "Tea", "path": "staff_scan"}}
ON_2_MARCH = {"of": "2026-03-02", "stamps": 2, "rewards_earned": 0, "rewards_handed_out": 0, "new_cards": 1}


def stamp_on_three_days(shop: Shop) -> tuple[str, str]:
    """Two stamps by Bo in the morning and on the day after, three by nobody a month later: program, person."""
    program, bo = shop.publish(earning={"by": "visit", "cooldown_seconds": 0}), shop.hire("Bo")
    card, by_bo = program.card().id, Actor(source="owner", staff_member_id=bo.id)
    add_stamp(shop.merchant, card, Purchase(count=2), actor=by_bo)
    with stopped_at(MORNING + timedelta(days=1)):
        add_stamp(shop.merchant, card, Purchase(count=2), actor=by_bo)
    with stopped_at(MORNING + timedelta(days=30)):
        add_stamp(shop.merchant, card, Purchase(count=3), actor=CLOCK)
    follow_everything()
    return public_id("prg", program.program.id), public_id("stf", bo.id)


def stamps_by(api: ApiClient, query: str) -> dict[str | None, int]:
    reply = api.get(f"/figures?{query}")
    assert reply.status == 200, reply.json["errors"]
    return {item["of"]: item["stamps"] for item in reply.json["items"]}


def test_without_a_question_they_are_of_the_last_seven_days_one_by_one(api: ApiClient, lume: Shop) -> None:
    stamp_on_three_days(lume)

    with stopped_at(MORNING + timedelta(days=4)):
        shown = api.get("/figures").json

    assert (shown["from"], shown["to"], shown["by"]) == ("2026-02-28", "2026-03-06", "day")
    assert shown["items"] == [ON_2_MARCH, ON_2_MARCH | {"of": "2026-03-03", "new_cards": 0}]
    assert shown["total"] == ON_2_MARCH | {"of": None, "stamps": 4}


def test_they_are_told_by_month_program_person_and_location(api: ApiClient, lume: Shop) -> None:
    program, bo = stamp_on_three_days(lume)

    with stopped_at(MORNING + timedelta(days=31)):
        period = "from=2026-03-01&to=2026-04-01&by="
        assert stamps_by(api, f"{period}month") == {"2026-03": 4, "2026-04": 3}
        assert stamps_by(api, f"{period}program") == {program: 7}
        assert stamps_by(api, f"{period}person") == {bo: 4, None: 3}
        assert stamps_by(api, f"{period}location") == {None: 7}


def test_another_shop_sees_nothing_of_them(rival: ApiClient, lume: Shop) -> None:
    stamp_on_three_days(lume)

    shown = rival.get("/figures?from=2026-03-01&to=2026-03-02&by=program").json

    assert (shown["items"], shown["total"]["stamps"]) == ([], 0)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("to=2026-03-03", "?to", "in_the_future"),
        ("to=1826-03-02", "?to", "too_old"),
        ("to=0001-01-01", "?to", "too_old"),
        ("from=2025-03-01", "?from", "too_old"),
        ("from=0001-01-01", "?from", "too_old"),
        ("from=2026-03-02&to=2026-03-01", "?from", "invalid"),
        ("from=9999-12-31", "?from", "in_the_future"),
        ("from=2026-02-30", "?from", "wrong_format"),
        ("by=weather", "?by", "not_allowed"),
    ],
)
def test_a_period_that_cannot_be_is_refused(api: ApiClient, query: str, pointer: str, code: str) -> None:
    reply: Any = api.get(f"/figures?{query}")

    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, pointer)
    assert reply.json["errors"][0]["code"] == code


def test_a_whole_year_is_told(api: ApiClient, lume: Shop) -> None:
    stamp_on_three_days(lume)

    assert stamps_by(api, "from=2025-03-02&to=2026-03-02&by=month") == {"2026-03": 2}


def test_money_and_refused_scans_are_told_beside_them(api: ApiClient, lume: Shop) -> None:
    program, bo = stamp_on_three_days(lume)
    prices = Prices(reward_cost=100, visit_value=500, currency="EUR")
    price_program(lume.merchant, private_id("prg", program) or new_id(), prices, actor=lume.actor)
    by_bo = Actor(source="owner", staff_member_id=private_id("stf", bo))
    note_refusal(lume.merchant, Recognised(), VoucherExpired(), actor=by_bo)
    follow_everything()

    with stopped_at(MORNING + timedelta(days=1)):
        shown = api.get("/figures").json

    assert shown["money"] == [
        {
            "program_id": program,
            "currency": "EUR",
            "reward_cost": 100,
            "rewards_handed_out": 0,
            "cost": 0,
            "regular_visits": 1,
            "revenue": 500,
            "rewards_ready": 1,
            "rewards_pending": 0,
            "rewards_owed": 100,
            "stamps_owed": 40,
        }
    ]
    assert shown["refused_scans"] == {
        "by_reason": [{"of": "voucher_expired", "scans": 1}],
        "by_location": [{"of": None, "scans": 1}],
        "by_person": [{"of": bo, "scans": 1}],
    }


def test_how_rewards_were_used_is_told_beside_them(api: ApiClient, lume: Shop) -> None:
    offer = lume.publish(earning={"by": "visit", "cooldown_seconds": 0}, goal=1, milestones=[TEA])
    cards = [offer.card() for _card in range(3)]
    for card in cards:
        add_stamp(lume.merchant, card.id, Purchase(count=1), actor=lume.actor)
    with stopped_at(MORNING + timedelta(days=3)):
        for card, actor in zip(cards, (lume.actor, lume.actor, Actor(source="api")), strict=True):
            hand_over(lume.merchant, card.open_vouchers[0].id, actor=actor)
        follow_everything()
        shown = api.get("/figures").json["rewards_used"]

    assert shown["by_way"] == [{"way": "api", "rewards": 1}, {"way": "desk", "rewards": 2}]
    assert shown["days_ready"] == {"half": 3, "nine_of_ten": 3}
