"""The link behind “Add to Google Wallet”: ids only, and only of what is there."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django import Settings

from stampwell.cards.links import rotating_secret
from stampwell.clock import stopped_at
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.save_button import PATIENCE, save_link
from tests.doubles.google import Google
from tests.wallet.development import lay_development_account
from tests.web.customer import give_stamps
from tests.world import HeldCard, Offer


def payload_of(link: str) -> dict[str, Any]:
    middle = link.rsplit("/", 1)[1].split(".")[1]
    payload: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=="))["payload"]
    return payload


def tap(card: HeldCard) -> str:
    return save_link(card.shop.merchant, card.id)


def test_the_link_carries_ids_only(google: Google, card: HeldCard) -> None:
    link = tap(card)

    about = google.card()
    assert payload_of(link) == {"loyaltyObjects": [{"id": about["id"], "classId": about["classId"]}]}
    assert len(link) < 1800


def test_no_secret_stands_in_the_link(google: Google, card: HeldCard) -> None:
    link = tap(card)
    claims = base64.urlsafe_b64decode(link.rsplit("/", 1)[1].split(".")[1] + "==").decode()

    assert rotating_secret(card.id, 0).hex().upper() in json.dumps(google.card())
    assert rotating_secret(card.id, 0).hex() not in claims.lower()
    assert "totp" not in claims


def test_a_second_tap_does_not_wait_for_google(google: Google, card: HeldCard) -> None:
    first = payload_of(tap(card))
    google.asked.clear()

    assert payload_of(tap(card)) == first
    assert google.asked == []


def test_a_card_that_changed_since_is_brought_up_to_date_after_the_tap(google: Google, card: HeldCard) -> None:
    tap(card)
    give_stamps(card, 4)

    tap(card)
    send_due_cards()

    assert google.card()["loyaltyPoints"]["balance"] == {"string": "4/10"}


@pytest.mark.parametrize("status", [500, 429, 403, 400])
def test_when_google_does_not_take_the_card_the_link_brings_it(google: Google, card: HeldCard, status: int) -> None:
    google.trouble = [status]

    link = tap(card)

    (about,) = payload_of(link)["loyaltyObjects"]
    assert about["barcode"]["value"] == card.code
    assert google.objects["loyaltyObject"] == {}
    assert len(link) <= 1800


def test_nobody_waits_for_a_slow_google(google: Google, card: HeldCard) -> None:
    google.trouble = [PATIENCE + 1.0]

    link = tap(card)

    assert "loyaltyClasses" in payload_of(link), "it went without an answer"


def test_while_google_is_silent_only_one_waits_for_it(google: Google, offer: Offer) -> None:
    google.trouble = ["lost", "lost"]

    links = [tap(offer.card()) for _one in range(3)]

    assert all("loyaltyClasses" in payload_of(link) for link in links)
    assert len(google.asked) == 2  # of the first tap, which was tried once more


def test_the_worker_puts_the_rotating_code_where_the_link_brought_a_fixed_one(google: Google, card: HeldCard) -> None:
    google.trouble = [500]
    brought = payload_of(tap(card))
    for kind, documents in (("loyaltyClass", "loyaltyClasses"), ("loyaltyObject", "loyaltyObjects")):
        for document in brought[documents]:
            google.objects[kind][document["id"]] = document

    ends = GoogleObject.objects.get(kind="card").leased_until
    assert ends is not None
    with stopped_at(ends):
        assert send_due_cards() == 1

    assert "rotatingBarcode" in google.card()
    assert "barcode" not in google.card()


def test_a_refused_account_falls_back_too(google: Google, card: HeldCard) -> None:
    google.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert "loyaltyClasses" in payload_of(tap(card))


def test_with_the_development_account_google_is_never_asked(google: Google, card: HeldCard, settings: Settings) -> None:
    settings.WALLET_GOOGLE_ACCOUNT = ""
    settings.DATA_DIR = google.account.parent
    lay_development_account()

    link = tap(card)

    assert "loyaltyClasses" in payload_of(link)
    assert (google.asked, GoogleObject.objects.count()) == ([], 0)
