"""Several rewards of one card in one panel: the one that ends first on top, and why another one has to wait."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import stopped_at
from stampwell.merchants.models import Location
from stampwell.programs.models import Program
from stampwell.vouchers.models import Redemption
from tests.web.scanner.phone import Panel, Phone
from tests.world import HeldCard

NOON = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)  # noon in Riga, a Wednesday
LATER = NOON + timedelta(hours=1)
pytestmark = pytest.mark.moment(NOON)

SOON = {"name": "Ends in a week", "valid_days": 7}
LATE = {"name": "Ends in a month", "valid_days": 30}
NEVER = {"name": "Never ends"}
TOMORROW = {"name": "From tomorrow", "active_after_seconds": 86_400}
AT_NIGHT = {"name": "On Fridays", "weekdays": [5], "hours": [["20:00", "23:00"]]}


def card_with(phone: Phone, *rewards: dict[str, Any], **program: Any) -> HeldCard:
    """A card that has just earned all of these."""
    named = [*rewards, {"name": "The goal"}]
    milestones = [
        {"stamps": stamps, "reward": {"path": "staff_scan", **reward}} for stamps, reward in enumerate(named, start=1)
    ]
    milestones[-1]["stamps"] = 10
    card = phone.shop.publish(milestones=milestones, **program).card()
    with stopped_at(NOON):
        add_stamp(phone.shop.merchant, card.id, Purchase(count=len(rewards)), actor=phone.shop.actor)
    return card


def rewards_in(panel: Panel) -> list[str]:
    return re.findall(r'class="ticket.*?class="title">([^<]*)<', panel.html, re.DOTALL)


def scan_later(phone: Phone, card: HeldCard) -> Panel:
    with stopped_at(LATER):
        return phone.scan(card.code)


def test_of_several_rewards_the_one_that_ends_first_is_on_top(phone: Phone) -> None:
    card = card_with(phone, NEVER, LATE, SOON)

    panel = scan_later(phone, card)

    assert rewards_in(panel) == ["Ends in a week", "Ends in a month", "Never ends"]
    assert "Reward ready Ends in a week Valid until: 11 Mar 2026 Hand out" in panel.words


def test_one_tap_hands_one_over_and_the_others_stay(phone: Phone) -> None:
    card = card_with(phone, LATE, SOON)
    panel = scan_later(phone, card)

    with stopped_at(LATER):
        handed = phone.tap(panel.url("/redemption"))
        assert "Hand out now Ends in a week" in handed.words
        assert rewards_in(handed) == ["Ends in a month"]
        last = phone.tap(handed.url("/redemption"))

    assert rewards_in(last) == []
    assert Redemption.objects.count() == 2


def test_what_cannot_be_used_now_says_why_and_when(phone: Phone) -> None:
    elsewhere = Location.objects.create(merchant=phone.shop.merchant, name="Airport", time_zone="Europe/Riga")
    there = {"name": "At the airport", "location_ids": [f"loc_{elsewhere.id.hex}"]}
    card = card_with(phone, TOMORROW, AT_NIGHT, there, LATE)

    panel = scan_later(phone, card)

    assert rewards_in(panel)[0] == "Ends in a month"
    assert "Not ready yet From tomorrow Can be used: tomorrow at 00:00" in panel.words
    assert "Not at this time On Fridays Days: Fri Hours: 20:00–23:00" in panel.words
    assert (
        "Not at this location At the airport The customer can use it at one of these locations: Airport." in panel.words
    )
    assert panel.html.count("/redemption") == 1


def test_one_for_the_next_visit_says_so_and_a_stamp_of_a_later_day_offers_it(phone: Phone) -> None:
    card = card_with(phone, {"name": "Next time", "from_next_visit": True})

    panel = scan_later(phone, card)
    with stopped_at(NOON + timedelta(hours=12)):  # midnight, when yesterday's shift is over
        phone.sign_in(phone.shop.hire("Eve"))
        next_day = phone.scan(card.code)

    assert "Not ready yet Next time Can be used from the next visit on a later day." in panel.words
    assert rewards_in(next_day) == ["Next time"]


def test_one_in_its_days_of_grace_is_offered_and_says_so(phone: Phone) -> None:
    card = card_with(phone, {"name": "A day", "valid_days": 1, "grace_days": 2})

    with stopped_at(NOON + timedelta(days=2)):
        phone.sign_in(phone.shop.hire("Eve"))
        panel = phone.scan(card.code)
        handed = phone.tap(panel.url("/redemption"))
    with stopped_at(NOON + timedelta(days=2, hours=1)):
        after = phone.scan(card.code)

    assert "Expired, still honoured A day Was valid until: 5 Mar 2026. You can still hand it out until: 7 Mar 2026" in (
        panel.words
    )
    assert handed.outcome == "handed_over"
    assert rewards_in(after) == []


def test_days_of_grace_are_those_that_the_voucher_was_promised(phone: Phone) -> None:
    """The card has gone on to terms that give none."""
    card = card_with(phone, {"name": "A day", "valid_days": 1, "grace_days": 2})
    merchant = phone.shop.merchant
    with stopped_at(LATER):
        later = {"stamps": 10, "reward": {"name": "The goal", "path": "staff_scan"}}
        phone.shop.publish(Program.objects.get(merchant=merchant), milestones=[later])
        add_stamp(merchant, card.id, Purchase(count=9), actor=phone.shop.actor)

    with stopped_at(NOON + timedelta(days=2)):
        phone.sign_in(phone.shop.hire("Eve"))
        panel = phone.scan(card.code)

    assert rewards_in(panel) == ["A day", "The goal"]


def test_a_card_that_gets_no_stamp_now_has_its_rewards_all_the_same(phone: Phone) -> None:
    card = card_with(phone, SOON, TOMORROW, earning={"by": "visit", "cooldown_seconds": 7200})

    panel = scan_later(phone, card)
    with stopped_at(LATER):
        handed = phone.tap(panel.url("/redemption"))

    assert panel.outcome == "refused"
    assert rewards_in(panel) == ["Ends in a week"]
    assert handed.outcome == "handed_over"


def test_a_card_that_asks_for_an_amount_has_its_rewards_too(phone: Phone) -> None:
    card = card_with(phone, SOON, LATE, earning={"by": "amount", "amount_per_stamp": 500})

    panel = scan_later(phone, card)

    assert panel.outcome == "needs_amount"
    assert "Rewards to hand out: 2" in panel.words
    assert rewards_in(panel) == ["Ends in a week", "Ends in a month"]


def test_many_rewards_cost_no_more_questions_than_one(phone: Phone) -> None:
    cards = [card_with(phone, SOON, name="One"), card_with(phone, SOON, LATE, NEVER, TOMORROW, AT_NIGHT, name="Five")]
    asked = []
    for card in cards:
        scan_later(phone, card)  # remembers the terms
        with (
            stopped_at(LATER + timedelta(hours=1)),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            phone.scan(card.code)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_staff_read_what_a_reward_takes_off(phone: Phone) -> None:
    card = card_with(phone, {"name": "Tea", "discount": {"kind": "amount", "amount": 250}})

    assert "Tea It takes €2.50 off the purchase." in scan_later(phone, card).words
