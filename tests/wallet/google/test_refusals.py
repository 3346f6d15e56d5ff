"""What Google says no to: how long everybody waits, and what is tried again."""

from datetime import timedelta

import pytest

from stampwell.clock import now, stopped_at
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GooglePace
from stampwell.wallet.google.queue import claim_card, wait_after_refusal
from stampwell.wallet.google.rate import is_held
from tests.doubles.google import Google, Refused
from tests.moments import database_now
from tests.wallet.google.following import follow, note, row_of, save
from tests.web.customer import give_stamps, one_reward
from tests.world import HeldCard, Offer, Shop

TOO_FAST = "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute' of service 'walletobjects'."


def pause_of(card: HeldCard) -> float:
    due = row_of(card).due
    return round((due - now()).total_seconds()) if due else 0


# --- too fast --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, "rateLimitExceeded"),
        (429, "RATE_LIMIT_EXCEEDED"),
        (429, "quotaExceeded"),
        (403, "rateLimitExceeded"),
        (403, "userRateLimitExceeded"),
    ],
)
def test_too_many_requests_wait_seconds_and_not_minutes(
    google: Google, card: HeldCard, status: int, reason: str
) -> None:
    save(card)
    give_stamps(card, 1)
    google.trouble = [Refused(status, TOO_FAST, reason)]

    follow(card)

    assert pause_of(card) == 4
    assert not is_held()  # only for the second that is waited where Google names none


def test_everybody_waits_as_long_as_google_says(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 1)
    google.trouble, google.retry_after = [Refused(403, TOO_FAST, "rateLimitExceeded")], "20"

    follow(card)

    assert is_held()
    assert 15 < (GooglePace.objects.get().next - database_now()).total_seconds() < 21


def test_too_many_requests_cost_no_notice(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("self_redeem", active_after_seconds=3600)).card()
    save(card)
    give_stamps(card, 2)
    follow(card)
    google.trouble = [0, Refused(429, TOO_FAST, "rateLimitExceeded")]  # the card, its notice

    with stopped_at(now() + timedelta(hours=2)):
        let_vouchers_age(lume.merchant.id)
        follow(card)
    with stopped_at(now() + timedelta(hours=3)):
        send_due_cards()

    (message,) = google.card()["messages"]
    assert message["messageType"] == "TEXT_AND_NOTIFY"
    assert (len(google.notices), len(row_of(card).notified)) == (1, 1)


# --- not wanted ------------------------------------------------------------------------------------


def test_what_google_refused_is_tried_after_an_hour_and_after_six(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    google.trouble = [400]
    follow(card)
    assert pause_of(card) == 3600

    for hours in (6, 0):
        google.trouble = [400]
        due = row_of(card).due
        assert due is not None
        with stopped_at(due):
            assert send_due_cards() == 1
            assert pause_of(card) == hours * 3600

    assert (row_of(card).due, row_of(card).answer) == (None, "400 trouble")
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "0/10"}


def test_a_picture_that_google_could_not_fetch_just_then_costs_an_hour(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    google.trouble = [400]
    follow(card)

    with stopped_at(now() + timedelta(hours=1)):
        send_due_cards()

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}
    assert (row_of(card).due, row_of(card).answer, row_of(card).refusals) == (None, "", 0)


def test_the_next_change_does_not_wait_for_what_was_refused(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    google.trouble = [400]
    follow(card)

    give_stamps(card, 1)
    follow(card)

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "3/10"}


def test_a_change_during_the_refused_try_is_sent_at_once(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    note(card)
    claimed = claim_card(card.shop.merchant.id)
    assert claimed is not None

    note(card)
    wait_after_refusal(card.shop.merchant.id, claimed, refusals=1, again=now() + timedelta(hours=1))

    assert send_due_cards() == 1
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}


def test_a_refused_offer_is_tried_again_too(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan")).card()
    save(card)
    give_stamps(card, 2)
    google.trouble = [0, 0, 400]  # the card, its notice, the class of the reward
    follow(card)
    assert google.objects["offerObject"] == {}

    with stopped_at(now() + timedelta(hours=1)):
        send_due_cards()

    assert google.links[google.card()["id"]] == list(google.objects["offerObject"])
    assert row_of(card).due is None


def test_one_refused_card_lets_the_others_go_on(google: Google, offer: Offer) -> None:
    first, second = offer.card(), offer.card()
    for card in (first, second):
        save(card)
        give_stamps(card, 2)
    google.trouble = [400]

    assert follow(first, second) == 2

    balances = {one["loyaltyPoints"]["balance"]["string"] for one in google.objects["loyaltyObject"].values()}
    assert balances == {"0/10", "2/10"}


def test_a_class_that_a_bad_request_names_is_put_there_again(google: Google, card: HeldCard) -> None:
    save(card)
    (class_id,) = google.objects["loyaltyClass"]
    google.objects["loyaltyClass"].clear()
    give_stamps(card, 2)
    google.trouble = [Refused(400, f"Class {class_id} does not exist.", "invalid")]

    follow(card)

    assert list(google.objects["loyaltyClass"]) == [class_id]
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}
