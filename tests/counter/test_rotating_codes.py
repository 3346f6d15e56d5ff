from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.links import rotating_secret
from stampwell.cards.refusals import CodeAlreadyUsed, CoolingDown
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.clock import stopped_at
from stampwell.counter.receipt_scans import ScannedReceipt
from stampwell.counter.scanning import ScannedCard, ScannedVoucher, recognise, take_scan
from tests.cards.test_stamping import NO_COOLDOWN
from tests.moments import START
from tests.world import HeldCard, Shop

STEP = int(START.timestamp()) // STEP_SECONDS


def shown_at(card: HeldCard, step: int) -> str:
    return rotating_text(card.row.short_number, code_at_step(rotating_secret(card.id, 0), step))


def scan(card: HeldCard, text: str) -> ScannedCard | ScannedVoucher | ScannedReceipt:
    with stopped_at(START):
        return take_scan(card.shop.merchant, recognise(card.shop.merchant, text), Purchase(), actor=card.shop.actor)


# RFC 6238, appendix B, SHA-1: the moment in seconds and the code.
@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    assert code_at_step(b"12345678901234567890", moment // STEP_SECONDS) == code


@pytest.mark.parametrize("step", [STEP - 1, STEP, STEP + 1])
def test_a_phone_may_be_half_a_minute_off(lume: Shop, step: int) -> None:
    card = lume.publish().card()

    scanned = scan(card, shown_at(card, step))

    assert isinstance(scanned, ScannedCard)
    assert (scanned.card.stamps, scanned.facts.live) == (1, True)


@pytest.mark.parametrize("step", [STEP - 2, STEP + 2, 0])
def test_an_old_picture_is_refused(lume: Shop, step: int) -> None:
    card = lume.publish().card()

    with pytest.raises(CodeAlreadyUsed):
        scan(card, shown_at(card, step))

    assert card.row.stamps == 0


def test_a_code_in_other_digits_is_the_same_code(lume: Shop) -> None:
    card = lume.publish().card()
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

    scan(card, shown_at(card, STEP).translate(arabic))

    assert card.row.stamps == 1


def test_a_code_counts_once(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    scan(card, shown_at(card, STEP))

    with pytest.raises(CodeAlreadyUsed):
        scan(card, shown_at(card, STEP))

    assert card.row.stamps == 1


def test_an_earlier_code_is_worthless_after_a_later_one(lume: Shop) -> None:
    card = lume.publish(earning=NO_COOLDOWN).card()
    scan(card, shown_at(card, STEP))

    with pytest.raises(CodeAlreadyUsed):
        scan(card, shown_at(card, STEP - 1))


def test_the_same_code_within_the_cooldown_is_a_second_scan_not_a_picture(lume: Shop) -> None:
    card = lume.publish().card()
    scan(card, shown_at(card, STEP))

    with pytest.raises(CoolingDown):
        scan(card, shown_at(card, STEP))


def test_another_cards_code_is_refused(lume: Shop) -> None:
    offer = lume.publish()
    card, other = offer.card(), offer.card()
    forged = rotating_text(card.row.short_number, shown_at(other, STEP).rsplit(":", 1)[1])

    with pytest.raises(CodeAlreadyUsed):
        scan(card, forged)


def test_google_wallet_may_add_the_time(lume: Shop) -> None:
    card = lume.publish().card()
    mark, number, code = shown_at(card, STEP).split(":")

    scan(card, f"{mark}:{number}:{int((START + timedelta(seconds=1)).timestamp())}:{code}")

    assert card.row.stamps == 1
