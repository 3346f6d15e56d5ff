"""The code that changes every half minute, from the card at Google to our scanner."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.refusals import CodeAlreadyUsed
from stampwell.clock import now, stopped_at
from stampwell.counter.scanning import ScannedCard, recognise, take_scan
from stampwell.wallet.google.objects import live_object
from stampwell.wallet.google.save_button import save_link
from tests.doubles.google import ISSUER, Google
from tests.wallet.cards import coffee_card
from tests.wallet.google.phone import code_shown
from tests.world import HeldCard, Offer

STANDARD_SECRET = b"12345678901234567890"  # RFC 6238, appendix B
STANDARD = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


def scan(card: HeldCard, code: str) -> ScannedCard:
    scanned = take_scan(card.shop.merchant, recognise(card.shop.merchant, code), Purchase(), actor=card.shop.actor)
    assert isinstance(scanned, ScannedCard)
    return scanned


@pytest.fixture
def shown(google: Google, card: HeldCard) -> HeldCard:
    save_link(card.shop.merchant, card.id)
    return card


@pytest.mark.parametrize(("moment", "code"), STANDARD)
def test_the_phone_shows_the_codes_of_the_standard(moment: int, code: str) -> None:
    sent = live_object(ISSUER, coffee_card(short_number="1391 6564"), hero_url="", secret=STANDARD_SECRET)

    assert code_shown(sent, seconds=moment) == f"SW1:13916564:{moment}:{code}"


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_the_scanner_takes_what_the_phone_shows_one_step_off(google: Google, shown: HeldCard, off: int) -> None:
    at = now()

    with stopped_at(at):
        scanned = scan(shown, code_shown(google.card(), seconds=at.timestamp() + off))

    assert (scanned.card.stamps, scanned.facts.live) == (1, True)


@pytest.mark.parametrize("off", [-60, 60, -3600])
def test_an_old_picture_of_the_phone_stamps_nothing(google: Google, shown: HeldCard, off: int) -> None:
    at = now()

    with stopped_at(at), pytest.raises(CodeAlreadyUsed):
        scan(shown, code_shown(google.card(), seconds=at.timestamp() + off))

    assert shown.row.stamps == 0


def test_each_code_counts_once(google: Google, shown: HeldCard) -> None:
    at = now()
    code = code_shown(google.card(), seconds=at.timestamp())
    with stopped_at(at):
        scan(shown, code)

    with stopped_at(at + timedelta(seconds=25)), pytest.raises(CodeAlreadyUsed):
        scan(shown, code)

    assert shown.row.stamps == 1


def test_the_printed_time_is_not_believed(google: Google, shown: HeldCard) -> None:
    at = now()
    mark, number, _then, code = code_shown(google.card(), seconds=at.timestamp() - 3600).split(":")

    with stopped_at(at), pytest.raises(CodeAlreadyUsed):
        scan(shown, f"{mark}:{number}:{int(at.timestamp())}:{code}")


def test_only_the_rotating_code_is_shown_and_no_screenshot_taken(google: Google, shown: HeldCard) -> None:
    sent = google.card()

    assert "barcode" not in sent
    assert sent["passConstraints"] == {"screenshotEligibility": "INELIGIBLE"}
    assert sent["rotatingBarcode"]["alternateText"] == f"{shown.row.short_number[:4]} {shown.row.short_number[4:]}"


def test_every_card_has_a_secret_of_its_own(google: Google, offer: Offer) -> None:
    for _ in range(3):
        save_link(offer.shop.merchant, offer.card().id)

    cards = google.objects["loyaltyObject"].values()
    keys = {one["rotatingBarcode"]["totpDetails"]["parameters"][0]["key"] for one in cards}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {40}


def test_a_void_card_shows_no_code() -> None:
    sent = live_object(ISSUER, coffee_card(voided=True), hero_url="", secret=STANDARD_SECRET)

    assert sent["state"] == "INACTIVE"
    assert not {"barcode", "rotatingBarcode"} & sent.keys()
