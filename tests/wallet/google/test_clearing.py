"""What is gone on the card is gone at Google too, and what hung on it stays: codes, places, links."""

import re
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from stampwell.cards.erasing import erase_customer
from stampwell.cards.models import Card
from stampwell.cards.recovering import recover_card
from stampwell.clock import now, stopped_at
from stampwell.counter.handing_over import give_back, hand_over
from stampwell.ids import private_id
from stampwell.merchants.models import Location
from stampwell.vouchers.ageing import let_vouchers_age
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GoogleObject, GoogleOfferLink
from stampwell.wallet.google.queue import send_card_again
from tests.doubles.google import Google, Json
from tests.wallet.google.following import follow, row_of, save
from tests.web.customer import give_stamps, one_reward
from tests.world import HeldCard, Shop

PAGE = Path(__file__).parents[3] / "docs" / "operating" / "wallets-google.md"


@pytest.fixture
def rewarded(google: Google, lume: Shop) -> HeldCard:
    """A saved card with one ready reward, for staff to scan; it may also be missed until tomorrow."""
    card = lume.publish(**one_reward("staff_scan", valid_days=1)).card()
    save(card)
    give_stamps(card, 2)
    follow(card)
    give_stamps(card, 1)
    follow(card)
    google.asked.clear()
    return card


def offers(google: Google) -> list[Json]:
    return list(google.objects["offerObject"].values())


def use_reward(card: HeldCard) -> str:
    (voucher,) = card.open_vouchers
    used = hand_over(card.shop.merchant, voucher.id, path="staff_scan", actor=card.shop.actor)
    return used.facts.redemption.id


def asked(google: Google) -> list[tuple[str, str]]:
    return [(one.method, one.path.split("/")[3]) for one in google.asked]


# --- what disappears -------------------------------------------------------------------------------


def test_a_stamp_is_one_patch(google: Google, rewarded: HeldCard) -> None:
    Card.objects.update(short_number="13916564")

    follow(rewarded)

    assert asked(google) == [("PATCH", "loyaltyObject")]


def test_a_used_reward_shows_no_code(google: Google, rewarded: HeldCard) -> None:
    use_reward(rewarded)

    follow(rewarded)

    assert [(one["state"], "barcode" in one) for one in offers(google)] == [("COMPLETED", False)]
    assert google.links == {google.card()["id"]: []}


def test_a_reward_given_back_shows_its_code_again(google: Google, rewarded: HeldCard) -> None:
    redemption_id = private_id("rdm", use_reward(rewarded))
    assert redemption_id is not None
    follow(rewarded)

    give_back(rewarded.shop.merchant, redemption_id, reason="wrong cup", actor=rewarded.shop.actor)
    follow(rewarded)

    (offer,) = offers(google)
    assert (offer["state"], offer["barcode"]["value"][0]) == ("ACTIVE", "V")
    assert google.links == {google.card()["id"]: [offer["id"]]}


def test_places_that_the_shop_took_back_are_gone(google: Google, rewarded: HeldCard) -> None:
    Location.objects.filter(merchant=rewarded.shop.merchant).update(latitude="56.9", longitude="24.1")
    follow(rewarded)
    (program,) = google.objects["loyaltyClass"].values()
    assert program["merchantLocations"] == [{"latitude": 56.9, "longitude": 24.1}]

    Location.objects.filter(merchant=rewarded.shop.merchant).update(latitude=None, longitude=None)
    follow(rewarded)

    (program,) = google.objects["loyaltyClass"].values()
    assert "merchantLocations" not in program
    assert google.card()["rotatingBarcode"]  # only what had changed was replaced


def test_a_void_card_and_its_offers_show_no_codes(google: Google, rewarded: HeldCard) -> None:
    Card.objects.update(state="void")

    follow(rewarded)

    assert google.card()["state"] == "INACTIVE"
    assert {"barcode", "rotatingBarcode", "linkedOfferIds"}.isdisjoint(google.card())
    assert [(one["state"], "barcode" in one) for one in offers(google)] == [("INACTIVE", False)]
    assert google.refused == []


def test_a_replaced_card_and_its_offers_show_no_codes(google: Google, rewarded: HeldCard) -> None:
    Card.objects.update(issue=1)

    follow(rewarded)

    assert google.card()["state"] == "INACTIVE"
    assert {"barcode", "rotatingBarcode", "linkedOfferIds", "linksModuleData"}.isdisjoint(google.card())
    assert [(one["state"], "barcode" in one) for one in offers(google)] == [("INACTIVE", False)]
    google.asked.clear()
    follow(rewarded)
    assert (google.asked, google.refused) == ([], [])


def test_a_recovered_card_leaves_nothing_in_the_lost_phone(google: Google, rewarded: HeldCard) -> None:
    recover_card(rewarded.shop.merchant, rewarded.id, actor=rewarded.shop.actor)

    follow(rewarded)

    assert google.card()["state"] == "INACTIVE"
    assert [(one["state"], "barcode" in one) for one in offers(google)] == [("INACTIVE", False)]
    assert rewarded.row.short_number not in str(google.objects).replace(" ", "")


def test_the_card_of_an_erased_customer_leaves_nothing_in_the_phone(google: Google, rewarded: HeldCard) -> None:
    number = rewarded.row.short_number
    erase_customer(rewarded.shop.merchant, rewarded.row.customer_id, actor=rewarded.shop.actor)

    follow(rewarded)

    assert google.card().keys() == {"id", "classId", "state"}
    assert google.card()["state"] == "INACTIVE"
    assert [(one["state"], "barcode" in one) for one in offers(google)] == [("INACTIVE", False)]
    assert number not in str(google.objects).replace(" ", "")


def test_the_card_that_replaces_another_has_offers_of_its_own(google: Google, rewarded: HeldCard) -> None:
    Card.objects.update(issue=1)
    save(rewarded)
    follow(rewarded)
    follow(rewarded)

    states = {name: one["state"] for name, one in google.objects["offerObject"].items()}
    assert sorted(states.values()) == ["ACTIVE", "INACTIVE"]
    (linked,) = google.links.values()
    assert [states[name] for name in linked] == ["ACTIVE"]
    assert google.refused == []


def test_a_notice_leaves_the_card_with_its_next_change(google: Google, lume: Shop) -> None:
    card = lume.publish(**one_reward("self_redeem", active_after_seconds=3600)).card()
    save(card)
    give_stamps(card, 2)
    follow(card)
    with stopped_at(now() + timedelta(hours=2)):
        let_vouchers_age(lume.merchant.id)
        follow(card)
        assert len(google.card()["messages"]) == 1

        give_stamps(card, 1)
        follow(card)

    assert "messages" not in google.card()
    assert google.links == {google.card()["id"]: list(google.objects["offerObject"])}


# --- what hung on it -------------------------------------------------------------------------------


def test_a_card_sent_again_has_its_offers_classes_and_links(google: Google, rewarded: HeldCard) -> None:
    whole = deepcopy(google.objects)
    for kind in ("loyaltyClass", "offerClass", "offerObject"):
        google.objects[kind].clear()
    google.card().pop("linkedOfferIds")

    send_card_again(rewarded.shop.merchant.id, rewarded.id)
    send_due_cards()

    assert google.objects == whole
    assert row_of(rewarded).due is None


@pytest.mark.machine_clock  # the statement goes by PostgreSQL's
def test_what_the_operator_runs_sends_everything_again(google: Google, rewarded: HeldCard) -> None:
    page = PAGE.read_text()
    statements = re.findall(r"^(UPDATE google_object [^;]+);$", page, re.MULTILINE)
    whole = deepcopy(google.objects)
    for kind in ("loyaltyClass", "offerClass", "offerObject"):
        google.objects[kind].clear()
    google.card().pop("linkedOfferIds")

    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
    send_due_cards()

    assert google.objects == whole


def test_a_link_that_names_an_offer_google_lost_is_mended_an_hour_later(google: Google, rewarded: HeldCard) -> None:
    google.objects["offerObject"].clear()
    google.card().pop("linkedOfferIds")
    GoogleOfferLink.objects.all().delete()
    follow(rewarded)

    with stopped_at(now() + timedelta(hours=1)):
        send_due_cards()

    assert google.links == {google.card()["id"]: list(google.objects["offerObject"])}
    assert GoogleObject.objects.exclude(answer="").count() == 0


# --- what may or may not have been taken -----------------------------------------------------------


@pytest.mark.parametrize("broken", [500, "unanswered"])
def test_what_google_may_have_taken_is_sent_again_though_it_was_undone(
    google: Google, rewarded: HeldCard, broken: int | str
) -> None:
    use = use_reward(rewarded)
    google.trouble = [broken, broken]  # the end of the offer, twice where the connection breaks
    follow(rewarded)
    (offer,) = offers(google)
    offer["state"] = "COMPLETED"  # it was taken, and nobody heard
    google.trouble = []

    redemption_id = private_id("rdm", use)
    assert redemption_id is not None
    give_back(rewarded.shop.merchant, redemption_id, reason="wrong cup", actor=rewarded.shop.actor)
    with stopped_at(now() + timedelta(minutes=1)):
        follow(rewarded)

    assert [(one["state"], "barcode" in one) for one in offers(google)] == [("ACTIVE", True)]
    assert google.links == {google.card()["id"]: [offer["id"]]}


def test_a_reward_used_again_before_google_answered_that_it_is_back_shows_no_code(
    google: Google, rewarded: HeldCard
) -> None:
    redemption_id = private_id("rdm", use_reward(rewarded))
    assert redemption_id is not None
    follow(rewarded)
    give_back(rewarded.shop.merchant, redemption_id, reason="wrong cup", actor=rewarded.shop.actor)
    google.trouble = [0, 0, 500]  # the card, its notice, the offer
    follow(rewarded)
    (offer,) = offers(google)
    offer |= {"state": "ACTIVE", "barcode": {"type": "QR_CODE", "value": "V"}}  # it was taken, and nobody heard

    use_reward(rewarded)
    with stopped_at(now() + timedelta(minutes=1)):
        follow(rewarded)

    assert [(one["state"], "barcode" in one) for one in offers(google)] == [("COMPLETED", False)]


def test_a_worker_killed_after_it_replaced_a_card_leaves_no_offer_alone(google: Google, rewarded: HeldCard) -> None:
    there = google.card()
    GoogleObject.objects.filter(kind="card").update(state="unknown", digest=None)  # it was to be sent whole, and was
    google.answer("PUT", f"/walletobjects/v1/loyaltyObject/{there['id']}", there | {"linkedOfferIds": []})

    follow(rewarded)

    assert google.links == {there["id"]: list(google.objects["offerObject"])}


def test_a_card_that_is_void_no_more_is_whole_again(google: Google, rewarded: HeldCard) -> None:
    whole = deepcopy(google.objects)
    Card.objects.update(state="void")
    follow(rewarded)
    Card.objects.update(state="active")

    follow(rewarded)

    assert google.objects == whole


# --- what a phone has removed ----------------------------------------------------------------------


@pytest.fixture
def removed(rewarded: HeldCard) -> HeldCard:
    GoogleObject.objects.filter(kind="card").update(removed=now())
    return rewarded


def test_a_removed_card_is_not_sent(google: Google, removed: HeldCard) -> None:
    give_stamps(removed, 1)

    follow(removed)

    assert (google.asked, row_of(removed).due) == ([], None)


def test_the_reward_of_a_removed_card_ends_all_the_same(google: Google, removed: HeldCard) -> None:
    use_reward(removed)

    follow(removed)
    follow(removed)

    assert [(one["state"], "barcode" in one) for one in offers(google)] == [("COMPLETED", False)]
    assert asked(google) == [("PUT", "offerObject")]


def test_the_reward_of_a_removed_card_expires_all_the_same(google: Google, removed: HeldCard) -> None:
    with stopped_at(now() + timedelta(days=3)):
        let_vouchers_age(removed.shop.merchant.id)
        follow(removed)

    assert [one["state"] for one in offers(google)] == ["EXPIRED"]


def test_a_removed_card_that_becomes_void_is_inactive(google: Google, removed: HeldCard) -> None:
    Card.objects.update(state="void")

    follow(removed)

    assert google.card()["state"] == "INACTIVE"
    assert "rotatingBarcode" not in google.card()
    assert [one["state"] for one in offers(google)] == ["INACTIVE"]


def test_a_removed_card_that_is_saved_again_is_whole(google: Google, removed: HeldCard) -> None:
    use_reward(removed)
    follow(removed)
    give_stamps(removed, 1)

    save(removed)

    (offer,) = [one for one in offers(google) if one["state"] == "ACTIVE"]
    assert google.links == {google.card()["id"]: [offer["id"]]}
