"""How often a phone rings: once for what is new, however often Google has to be told, and never instead of a change."""

from datetime import timedelta

import pytest

from stampwell.cards.extending import extend_voucher
from stampwell.cards.models import Card
from stampwell.clock import now, stopped_at
from stampwell.languages.formatting import format_short_date
from stampwell.merchants.local_time import local_day
from stampwell.schedule import remind_customers
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.rate import is_held
from tests.doubles.google import Google, Refused
from tests.moments import START, end_of_day, morning
from tests.wallet.google.following import follow, row_of, save
from tests.web.customer import give_stamps, one_reward
from tests.world import HeldCard, Shop

TOO_OFTEN = "Quota exceeded for issuer 1 when adding TEXT_AND_NOTIFY message to class x."


@pytest.fixture
def nearly(google: Google, lume: Shop) -> HeldCard:
    """A saved card whose next stamp brings a reward: the count changes, and the phone rings with it."""
    card = lume.publish(**one_reward("self_redeem")).card()
    save(card)
    give_stamps(card, 1)
    follow(card)
    return card


@pytest.fixture
def waiting(google: Google, lume: Shop) -> HeldCard:
    """A saved card with a reward that becomes ready by the clock in an hour: no count changes then."""
    card = lume.publish(**one_reward("self_redeem", active_after_seconds=3600)).card()
    save(card)
    give_stamps(card, 2)
    follow(card)
    return card


def let_it_become_ready(card: HeldCard) -> None:
    let_vouchers_age(card.shop.merchant.id)
    follow(card)


def told(google: Google) -> list[str]:
    """What was asked that a phone may ring for, and what was said instead."""
    updates = ["update" for one in google.said("PATCH") if "notifyPreference" in one.body]
    return updates + [one.body["message"]["messageType"] for one in google.said("POST", "addMessage")]


def test_tries_that_fail_cost_one_notice(google: Google, nearly: HeldCard) -> None:
    give_stamps(nearly, 1)
    google.trouble = [503]
    follow(nearly)
    for _ in range(3):
        google.trouble = [503]
        due = row_of(nearly).due
        assert due is not None
        with stopped_at(due):
            send_due_cards()

    due = row_of(nearly).due
    assert due is not None
    with stopped_at(due):
        send_due_cards()

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "0/2"}
    assert (len(google.notices), len(row_of(nearly).notified)) == (1, 1)


def test_a_message_that_fails_costs_one_notice(google: Google, waiting: HeldCard) -> None:
    google.trouble = [0, 503]
    with stopped_at(now() + timedelta(hours=2)):
        let_it_become_ready(waiting)
    with stopped_at(now() + timedelta(hours=2, minutes=1)):
        send_due_cards()

    assert len(google.card()["messages"]) == 1
    assert (len(google.notices), len(row_of(waiting).notified)) == (1, 1)


def test_a_second_reward_costs_a_second_notice(google: Google, nearly: HeldCard) -> None:
    give_stamps(nearly, 1)
    follow(nearly)
    give_stamps(nearly, 1)
    follow(nearly)
    give_stamps(nearly, 1)
    follow(nearly)

    assert (len(google.notices), len(row_of(nearly).notified)) == (2, 2)


def test_that_a_reward_ends_soon_is_told_by_one_message_for_each_end(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("self_redeem", valid_days=7, remind_days_before=3)).card()
    save(card)
    give_stamps(card, 2)
    follow(card)
    google.notices.clear()

    def look(days: int) -> list[str]:
        with stopped_at(morning(local_day(lume.merchant, START) + timedelta(days=days))):
            remind_customers()
            follow(card)
            return [one["body"] for one in google.card().get("messages", [])]

    first, again = look(4), look(5)
    with stopped_at(morning(local_day(lume.merchant, START) + timedelta(days=6))):
        (voucher,) = card.open_vouchers
        extend_voucher(lume.merchant, voucher.id, until=end_of_day(START, 20), reason="Was ill", actor=lume.actor)
        follow(card)
    second = look(17)

    ends = [format_short_date(local_day(lume.merchant, START) + timedelta(days=days)) for days in (7, 20)]
    assert first == again == [f"A free coffee (use it by {ends[0]})"]
    assert second == [f"A free coffee (use it by {ends[1]})"], "what was said of the end before is over"
    assert (len(google.notices), google.card()["messages"][0]["header"]) == (2, "Reward ends soon")


def test_a_card_that_became_void_does_not_notify(google: Google, nearly: HeldCard) -> None:
    give_stamps(nearly, 1)
    Card.objects.update(state="void")

    follow(nearly)

    assert google.card()["state"] == "INACTIVE"
    assert (told(google), google.notices, row_of(nearly).notified) == ([], [], [])


def test_an_update_refused_for_its_notice_goes_without_at_once(google: Google, nearly: HeldCard) -> None:
    give_stamps(nearly, 1)
    google.trouble = [Refused(403, TOO_OFTEN, "quotaExceeded")]

    follow(nearly)

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "0/2"}
    assert google.notices == []
    assert (row_of(nearly).due, row_of(nearly).answer, is_held()) == (None, "", False)


def test_a_message_refused_for_its_notice_goes_without_at_once(google: Google, waiting: HeldCard) -> None:
    google.trouble = [0, Refused(403, TOO_OFTEN, "quotaExceeded")]

    with stopped_at(now() + timedelta(hours=2)):
        let_it_become_ready(waiting)

    assert told(google) == ["TEXT_AND_NOTIFY", "TEXT"]
    assert [one["messageType"] for one in google.card()["messages"]] == ["TEXT"]
    assert google.notices == []


def test_a_quota_without_a_notice_is_about_the_account(google: Google, nearly: HeldCard) -> None:
    give_stamps(nearly, 1)
    follow(nearly)
    give_stamps(nearly, 1)
    google.trouble = [Refused(403, "Daily quota exceeded", "quotaExceeded")]

    follow(nearly)

    assert is_held()
    assert row_of(nearly).due is not None


def test_when_the_notices_are_used_up_the_message_comes_silently(google: Google, waiting: HeldCard) -> None:
    row = row_of(waiting)
    with stopped_at(now() + timedelta(hours=2)):
        row.notified = [now() - timedelta(hours=1)] * 3
        row.save(update_fields=["notified"])

        let_it_become_ready(waiting)
        follow(waiting)

    assert told(google) == ["TEXT"]
    assert google.notices == []
    assert len(row_of(waiting).notified) == 3
