"""Cards at Google follow the cards here: each change once, nothing lost, no more than the phone should ring."""

import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django import Settings

from stampwell.cards.models import Card
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GoogleObject, GoogleOfferLink, GooglePace
from stampwell.wallet.google.queue import claim_card, note_changed_cards, write_done
from stampwell.wallet.google.rate import is_held
from stampwell.wallet.google.save_button import save_link
from tests.doubles.google import ISSUER, Google
from tests.doubles.google_schema import faults_of
from tests.wallet.cards import LANGUAGES
from tests.web.customer import AT_ONCE, give_stamps, one_reward
from tests.world import HeldCard, Offer, Shop


def follow(card: HeldCard) -> int:
    """What the worker does after events: the card is noted, and sent."""
    with merchant_transaction(card.shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id])
    return send_due_cards()


def save(card: HeldCard) -> str:
    link = save_link(card.shop.merchant, card.id)
    send_due_cards()
    return link


def row_of(card: HeldCard) -> GoogleObject:
    return GoogleObject.objects.get(kind="card", card_id=card.id)


def twins_of(document: object) -> list[dict[str, Any]]:
    if isinstance(document, list):
        return [twin for part in document for twin in twins_of(part)]
    if not isinstance(document, dict):
        return []
    return ([document] if "defaultValue" in document else []) + twins_of(list(document.values()))


def test_tapping_save_puts_class_and_card_at_google(google: Google, card: HeldCard) -> None:
    save(card)

    assert google.refused == []
    assert [one.path.rsplit("/", 1)[1] for one in google.said("POST")] == ["loyaltyClass", "loyaltyObject"]
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "0/10"}
    assert google.card()["state"] == "ACTIVE"


def test_a_stamp_changes_the_card_at_google(google: Google, card: HeldCard) -> None:
    save(card)

    give_stamps(card, 3)
    follow(card)

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "3/10"}
    assert google.card()["heroImage"]["sourceUri"]["uri"].endswith("/stamps-3.png")
    assert row_of(card).due is None


def test_ten_stamps_are_one_update(google: Google, card: HeldCard) -> None:
    save(card)
    google.asked.clear()

    for _ in range(4):
        give_stamps(card, 1)
        with merchant_transaction(card.shop.merchant.id) as tx:
            note_changed_cards(tx, [card.id])
    send_due_cards()

    assert [(one.method, one.path.split("/")[3]) for one in google.asked] == [("PATCH", "loyaltyObject")]


def test_nothing_is_sent_when_nothing_changed(google: Google, card: HeldCard) -> None:
    save(card)
    google.asked.clear()

    follow(card)

    assert google.asked == []


def test_a_card_that_nobody_saved_is_not_sent(google: Google, card: HeldCard) -> None:
    give_stamps(card, 3)
    follow(card)

    assert (google.asked, GoogleObject.objects.count()) == ([], 0)


def test_without_a_service_account_nothing_happens(
    google: Google, settings: Settings, card: HeldCard, caplog: pytest.LogCaptureFixture
) -> None:
    settings.WALLET_GOOGLE_ISSUER = ""
    give_stamps(card, 3)

    follow(card)

    assert (google.asked, GoogleObject.objects.count()) == ([], 0)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_changed_program_puts_a_class_of_its_own(google: Google, offer: Offer) -> None:
    save(offer.card())
    save(offer.shop.publish(offer.program, name="Coffee card, new").card())

    assert len(google.objects["loyaltyClass"]) == 2


def test_everything_speaks_six_languages(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan")).card()
    save(card)
    give_stamps(card, 2)
    follow(card)

    documents = [document for kind in google.objects.values() for document in kind.values()]
    assert len(documents) == 4
    for twin in twins_of(documents):
        languages = [twin["defaultValue"]["language"], *(one["language"] for one in twin["translatedValues"])]
        assert sorted(languages) == sorted(LANGUAGES)


def test_card_and_reward_lead_to_the_shops_page_about_privacy(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan")).card()
    save(card)
    give_stamps(card, 2)
    follow(card)

    for kind in ("loyaltyClass", "offerClass"):
        (document,) = google.objects[kind].values()
        (link,) = document["linksModuleData"]["uris"]
        assert (link["uri"], link["description"]) == ("https://stampwell.example/p/cafe-lume", "Privacy and contact")


def test_what_is_sent_fits_googles_schema(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan", valid_days=30)).card()
    save(card)
    give_stamps(card, 2)
    follow(card)

    schemas = {"loyaltyClass": "LoyaltyClass", "loyaltyObject": "LoyaltyObject", "offerClass": "OfferClass"}
    for one in google.asked:
        kind = one.path.split("/")[3]
        if one.path.count("/") < 5:
            assert faults_of(one.body, schemas.get(kind, "OfferObject")) == []
    assert google.refused == []


# --- vouchers beside the card ------------------------------------------------------------------


@pytest.fixture
def rewarded(google: Google, lume: Shop) -> HeldCard:
    """A saved card with one ready reward, for staff to scan."""
    card = lume.publish(**one_reward("staff_scan")).card()
    save(card)
    give_stamps(card, 2)
    follow(card)
    return card


def test_a_ready_reward_is_an_offer_linked_to_the_card(google: Google, rewarded: HeldCard) -> None:
    (offer,) = google.objects["offerObject"].values()
    assert offer["state"] == "ACTIVE"
    assert offer["barcode"]["value"].startswith("V")
    assert google.links[google.card()["id"]] == [offer["id"]]
    assert next(iter(google.objects["offerClass"].values()))["title"] == "A free coffee"


def test_a_used_reward_is_completed_and_leaves_the_card(google: Google, rewarded: HeldCard) -> None:
    (voucher,) = rewarded.open_vouchers

    hand_over(rewarded.shop.merchant, voucher.id, path="staff_scan", actor=rewarded.shop.actor)
    follow(rewarded)

    (offer,) = google.objects["offerObject"].values()
    assert offer["state"] == "COMPLETED"
    assert google.links.get(google.card()["id"], []) == []


def test_a_reward_given_back_is_active_again(google: Google, rewarded: HeldCard) -> None:
    shop, (voucher,) = rewarded.shop, rewarded.open_vouchers
    used = hand_over(shop.merchant, voucher.id, path="staff_scan", actor=shop.actor)
    follow(rewarded)

    redemption_id = used.redemption.id
    give_back(shop.merchant, redemption_id, reason="wrong cup", actor=shop.actor)
    follow(rewarded)

    (offer,) = google.objects["offerObject"].values()
    assert offer["state"] == "ACTIVE"
    assert google.links[google.card()["id"]] == [offer["id"]]


def test_an_expired_reward_is_expired(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan", valid_days=1)).card()
    save(card)
    give_stamps(card, 2)
    follow(card)

    with stopped_at(now() + timedelta(days=3)):
        let_vouchers_age(lume.merchant.id)
        follow(card)

    (offer,) = google.objects["offerObject"].values()
    assert offer["state"] == "EXPIRED"


@pytest.mark.parametrize("path", ["self_redeem", "redeem_code"])
def test_a_reward_that_nobody_scans_shows_no_code(google: Google, lume: Shop, path: str) -> None:
    card = lume.publish(**one_reward(path)).card()
    save(card)
    give_stamps(card, 2)
    follow(card)

    (offer,) = google.objects["offerObject"].values()
    assert "barcode" not in offer
    assert offer["linksModuleData"]["uris"][0]["uri"].startswith("https://stampwell.example/v/")
    assert "FREECOFFEE" not in str(google.objects)


@pytest.fixture
def unsent(google: Google, lume: Shop) -> HeldCard:
    """A saved card whose first reward Google has not heard of: the card, a notice, a class, an offer and a link."""
    card = lume.publish(**one_reward("staff_scan")).card()
    save(card)
    give_stamps(card, 2)
    return card


def test_an_offer_that_google_refuses_does_not_stop_the_card(google: Google, unsent: HeldCard) -> None:
    google.trouble = [0, 0, 400]

    follow(unsent)

    assert google.card()["textModulesData"][0]["body"] == "A free coffee"
    assert google.links.get(google.card()["id"], []) == []


def test_a_notice_that_google_refuses_does_not_stop_the_offer(google: Google, unsent: HeldCard) -> None:
    google.trouble = [0, 400]

    follow(unsent)

    assert google.notices == []
    assert len(google.links[google.card()["id"]]) == 1
    assert row_of(unsent).due is None


def test_a_link_that_google_refuses_is_tried_again_with_the_next_change(google: Google, unsent: HeldCard) -> None:
    google.trouble = [0, 0, 0, 0, 422]
    follow(unsent)
    assert GoogleObject.objects.get(kind="voucher").answer == "422 trouble"
    assert google.links == {}

    give_stamps(unsent, 1)
    follow(unsent)

    assert len(google.links[google.card()["id"]]) == 1
    assert GoogleObject.objects.get(kind="voucher").answer == ""


def test_a_denied_notice_waits_like_everything_else(google: Google, unsent: HeldCard) -> None:
    google.trouble = [0, 403]
    follow(unsent)
    assert (google.links, is_held()) == ({}, True)

    GooglePace.objects.all().delete()  # a minute later
    with stopped_at(now() + timedelta(minutes=16)):
        follow(unsent)

    assert len(google.links[google.card()["id"]]) == 1


def test_a_refused_change_that_was_undone_is_refused_no_more(google: Google, card: HeldCard) -> None:
    save(card)
    stamp_id = give_stamps(card, 1).stamp.id
    google.trouble = [400]
    follow(card)
    assert row_of(card).answer == "400 trouble"

    undo_stamp(card.shop.merchant, stamp_id, reason="mistaken", actor=card.shop.actor)
    follow(card)

    assert row_of(card).answer == ""
    assert (row_of(card).state, row_of(card).refused) == ("whole", False)


# --- when the phone rings ------------------------------------------------------------------------


def test_the_phone_rings_when_a_reward_is_ready_and_not_for_a_stamp(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 4)
    follow(card)
    assert google.notices == []

    give_stamps(card, 1)
    follow(card)

    assert google.notices == [google.card()["id"]]
    assert google.said("PATCH")[-1].body["notifyPreference"] == "NOTIFY_ON_UPDATE"


def test_a_reward_is_announced_also_when_another_stamp_came_before_it_was_sent(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 5)
    give_stamps(card, 1)

    follow(card)

    assert len(google.notices) == 1


def test_the_phone_rings_three_times_in_a_day_at_most(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("self_redeem")).card()
    save(card)
    for _ in range(5):
        give_stamps(card, 1)
        follow(card)
        give_stamps(card, 1)
        follow(card)

    told = [one for one in google.said("PATCH") if "notifyPreference" in one.body]
    assert len(told) == len(row_of(card).notified) == 3
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "0/2"}

    google.notices.clear()  # a day later
    with stopped_at(now() + timedelta(hours=25)):
        give_stamps(card, 2)
        give_stamps(card, 1)
        follow(card)

    assert len([one for one in google.said("PATCH") if "notifyPreference" in one.body]) == 4


def test_a_reward_that_becomes_ready_by_the_clock_is_told_by_a_message(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("self_redeem", active_after_seconds=3600)).card(locale="lv")
    save(card)
    give_stamps(card, 2)
    follow(card)
    assert google.notices == []

    with stopped_at(now() + timedelta(hours=2)):
        let_vouchers_age(lume.merchant.id)
        follow(card)
        follow(card)

    (message,) = google.card()["messages"]
    assert message["messageType"] == "TEXT_AND_NOTIFY"
    assert message["body"] == "A free coffee"
    assert len(twins_of(message)) == 2
    assert len(google.notices) == 1


# --- when something goes wrong ---------------------------------------------------------------------


def test_a_card_that_is_there_already_is_replaced_whole(google: Google, card: HeldCard) -> None:
    save(card)
    GoogleObject.objects.update(state="absent", digest=None)
    google.card()["barcode"] = {"type": "QR_CODE", "value": "an old fixed code"}
    google.card().pop("rotatingBarcode")

    follow(card)

    assert "barcode" not in google.card()
    assert "rotatingBarcode" in google.card()
    assert [one.method for one in google.asked[-4:]] == ["POST", "PUT", "POST", "PUT"]


def test_a_card_that_google_forgot_is_put_there_again(google: Google, card: HeldCard) -> None:
    save(card)
    google.objects["loyaltyObject"].clear()

    give_stamps(card, 2)
    follow(card)

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}


def test_offers_stand_beside_a_card_again_that_google_forgot(google: Google, rewarded: HeldCard) -> None:
    google.objects["loyaltyObject"].clear()

    give_stamps(rewarded, 1)
    follow(rewarded)

    assert google.links[google.card()["id"]] == list(google.objects["offerObject"])


def test_offers_stand_beside_a_card_again_that_was_replaced_whole(google: Google, rewarded: HeldCard) -> None:
    GoogleObject.objects.update(state="absent", digest=None)  # as the operator does to send every card again

    follow(rewarded)

    assert google.said("PUT", google.card()["id"])
    assert google.links[google.card()["id"]] == list(google.objects["offerObject"])


def test_a_class_that_google_lost_is_put_there_again(google: Google, card: HeldCard) -> None:
    save(card)
    google.objects["loyaltyClass"].clear()

    give_stamps(card, 2)
    follow(card)

    assert len(google.objects["loyaltyClass"]) == 1
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}
    assert (row_of(card).answer, row_of(card).due) == ("", None)


def test_the_class_of_a_reward_that_google_lost_is_put_there_again(google: Google, rewarded: HeldCard) -> None:
    google.objects["offerClass"].clear()
    google.objects["offerObject"].clear()
    GoogleObject.objects.filter(kind="voucher").update(digest=b"something else")

    follow(rewarded)

    assert len(google.objects["offerClass"]) == len(google.objects["offerObject"]) == 1


def test_one_that_is_not_found_again_and_again_waits_and_lets_the_others_go_on(google: Google, offer: Offer) -> None:
    lost, other = offer.card(), offer.card()
    for card in (lost, other):
        save(card)
        give_stamps(card, 2)
    with merchant_transaction(offer.shop.merchant.id) as tx:
        note_changed_cards(tx, [lost.id, other.id])
    google.trouble = [404, 404, 0, 0, 404, 404]  # the card twice, its class, the card twice

    assert send_due_cards() == 2

    (waiting,) = GoogleObject.objects.filter(kind="card", due__isnull=False)
    assert waiting.answer == "404 trouble"
    assert not is_held()


def test_a_card_in_a_new_round_moves_to_the_class_of_the_new_version(google: Google, lume: Shop) -> None:
    """`classId` goes with the change; the class is there first."""
    program = lume.publish(**one_reward("self_redeem"))
    card = program.card()
    save(card)
    before = google.card()["classId"]
    longer = {"stamps": 3, "reward": {"name": "A free tea", "path": "self_redeem"}}
    lume.publish(program.program, name="Tea card", goal=3, milestones=[longer], earning=AT_ONCE)

    give_stamps(card, 2)
    follow(card)

    assert google.card()["classId"] != before
    assert google.objects["loyaltyClass"][google.card()["classId"]]["programName"] == "Tea card"
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "0/3"}
    assert google.refused == []


def test_an_offer_that_is_linked_already_is_not_linked_again(google: Google, rewarded: HeldCard) -> None:
    """As after a worker that was killed between the link and its row."""
    merchant = rewarded.shop.merchant
    GoogleOfferLink.objects.all().delete()
    give_stamps(rewarded, 2)

    follow(rewarded)

    assert google.links[google.card()["id"]] == list(google.objects["offerObject"])
    assert len(google.objects["offerObject"]) == 2
    assert GoogleOfferLink.objects.count() == 2
    assert not GoogleObject.objects.filter(merchant=merchant).exclude(answer="").exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_google_cannot_take_now_comes_again(google: Google, card: HeldCard, status: int) -> None:
    save(card)
    give_stamps(card, 2)
    google.trouble = [status]
    follow(card)
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "0/10"}
    assert row_of(card).answer == f"{status} trouble"
    assert send_due_cards() == 0

    with stopped_at(now() + timedelta(minutes=1)):
        assert send_due_cards() == 1

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}
    assert (row_of(card).due, row_of(card).tries, row_of(card).answer) == (None, 0, "")


def test_pauses_grow_between_tries(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    with merchant_transaction(card.shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id])
    at, pauses = now() + timedelta(seconds=1), []

    for _ in range(12):
        google.trouble = [500]
        with stopped_at(at):
            send_due_cards()
        due = row_of(card).due
        assert due is not None
        pauses.append((due - at).total_seconds())
        at = due

    assert pauses[:3] == [4, 8, 16]
    assert pauses[-1] == 600


def test_a_denied_account_is_left_alone_for_a_while(google: Google, offer: Offer) -> None:
    cards = [offer.card(), offer.card()]
    for card in cards:
        save(card)
        give_stamps(card, 2)
    google.trouble = [403]

    follow(cards[0])

    due = row_of(cards[0]).due
    assert due is not None
    assert due > now() + timedelta(minutes=14)
    assert is_held()


def test_an_account_that_may_not_sign_in_is_denied_and_loses_no_change(google: Google, card: HeldCard) -> None:
    save(card)
    right = google.key
    google.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # ours was withdrawn
    google.forget_tokens()
    give_stamps(card, 2)

    follow(card)

    assert row_of(card).answer == "401 Invalid JWT Signature."
    assert row_of(card).due is not None
    assert is_held()
    google.key = right
    GooglePace.objects.all().delete()  # a minute later
    with stopped_at(now() + timedelta(minutes=16)):
        send_due_cards()
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}


def test_an_account_that_cannot_be_read_is_told_once_a_minute(
    google: Google, card: HeldCard, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    save(card)
    give_stamps(card, 2)
    settings.WALLET_GOOGLE_ACCOUNT = "/nowhere/account.json"
    google.asked.clear()

    assert follow(card) == 0

    assert is_held()
    assert row_of(card).due is not None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert google.asked == []


def test_a_withdrawn_token_is_asked_for_once_more(google: Google, card: HeldCard) -> None:
    save(card)
    google.forget_tokens()
    exchanges = google.exchanges

    give_stamps(card, 2)
    follow(card)

    assert google.exchanges == exchanges + 1
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}


def test_a_token_is_kept_for_55_minutes(google: Google, card: HeldCard) -> None:
    begun = now()
    save(card)
    give_stamps(card, 1)
    with stopped_at(begun + timedelta(minutes=54)):
        follow(card)
    assert google.exchanges == 1

    give_stamps(card, 1)
    with stopped_at(begun + timedelta(minutes=56)):
        follow(card)

    assert google.exchanges == 2


def test_a_change_noted_while_the_card_is_sent_is_sent_too(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    with merchant_transaction(card.shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id])
    claimed = claim_card(card.shop.merchant.id)
    assert claimed is not None
    assert send_due_cards() == 0  # it is being sent

    with merchant_transaction(card.shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id])
    write_done(card.shop.merchant.id, claimed)

    assert send_due_cards() == 1
    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}


def test_a_card_whose_worker_died_is_sent_a_minute_later(google: Google, card: HeldCard) -> None:
    save(card)
    give_stamps(card, 2)
    with merchant_transaction(card.shop.merchant.id) as tx:
        note_changed_cards(tx, [card.id])
    claim_card(card.shop.merchant.id)

    with stopped_at(now() + timedelta(seconds=61)):
        send_due_cards()

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "2/10"}


def test_google_is_asked_fifteen_times_a_second_at_most(google: Google, settings: Settings, offer: Offer) -> None:
    settings.WALLET_GOOGLE_REQUESTS_A_SECOND = 15
    cards = [offer.card() for _ in range(20)]

    begun = time.monotonic()
    for card in cards:
        save_link(card.shop.merchant, card.id)
    took = time.monotonic() - begun

    assert len(google.asked) == 21
    assert took >= (21 - 5) / 15
    busiest = max(sum(1 for other in google.asked if 0 <= other.at - one.at < 1) for one in google.asked)
    assert busiest <= 20


def test_shops_take_turns(google: Google, card: HeldCard, rossi: Shop) -> None:
    other = rossi.publish().card()
    for held in (card, other):
        save(held)
    for held in (card, other):
        give_stamps(held, 1)
        with merchant_transaction(held.shop.merchant.id) as tx:
            note_changed_cards(tx, [held.id])

    assert send_due_cards() == 2
    counts = {one["loyaltyPoints"]["balance"]["string"] for one in google.objects["loyaltyObject"].values()}
    assert counts == {"1/10"}


def test_a_replaced_card_is_inactive_at_google(google: Google, card: HeldCard) -> None:
    save(card)
    Card.objects.update(issue=1)

    follow(card)

    assert google.card()["state"] == "INACTIVE"


def test_a_replaced_card_that_google_forgot_is_left_alone(google: Google, card: HeldCard) -> None:
    save(card)
    Card.objects.update(issue=1)
    google.objects["loyaltyObject"].clear()

    follow(card)
    google.asked.clear()
    follow(card)

    assert (google.asked, google.objects["loyaltyObject"]) == ([], {})
    assert (row_of(card).state, row_of(card).answer) == ("absent", "")


def test_a_void_card_is_inactive_at_google(google: Google, card: HeldCard) -> None:
    save(card)
    Card.objects.update(state="void")

    follow(card)

    assert google.card()["state"] == "INACTIVE"


def test_a_card_with_a_dozen_rewards_is_taken(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("staff_scan")).card()
    save(card)
    for _ in range(12):
        give_stamps(card, 2)

    follow(card)

    assert google.refused == []
    assert len(google.links[google.card()["id"]]) == 12
    assert google.card()["textModulesData"][0]["body"] == "12 × A free coffee"


def test_long_names_and_letters_of_every_direction_are_taken(google: Google, lume: Shop) -> None:
    name = "\u202e" + "قهوة" * 10 + "☕" * 10
    reward = {"name": {"en": "珈琲" * 30, "lv": "\u202edrab"}, "path": "staff_scan"}
    card = lume.publish(name=name, goal=2, milestones=[{"stamps": 2, "reward": reward}], earning=AT_ONCE).card()

    save(card)
    give_stamps(card, 2)
    follow(card)

    assert google.refused == []
    assert "\u202e" not in str(google.objects)


def test_ids_begin_with_the_issuer(google: Google, card: HeldCard) -> None:
    save(card)

    assert {name.split(".")[0] for kind in google.objects.values() for name in kind} == {ISSUER}
