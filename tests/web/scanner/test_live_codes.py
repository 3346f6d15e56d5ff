"""What the scanner says of a code: live, or one that could be a picture; and what a fixed code can never do."""

from datetime import timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.links import rotating_secret
from stampwell.cards.rotating import STEP_SECONDS, code_at_step, rotating_text
from stampwell.clock import now, stopped_at
from stampwell.counter.scanning import ScannedCard, recognise, take_scan
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption
from tests.web.customer import AT_ONCE, give_stamps, one_reward
from tests.web.scanner.phone import Phone
from tests.world import HeldCard, Shop


def rotating_code(card: HeldCard, *, off: int = 0) -> str:
    step = int(now().timestamp()) // STEP_SECONDS + off
    return rotating_text(card.row.short_number, code_at_step(rotating_secret(card.id, 0), step))


def test_a_rotating_code_is_called_live(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(rotating_code(card))

    assert "Live code" in panel.words
    assert "could be a picture" not in panel.words


def test_an_old_copy_of_a_rotating_code_is_refused_in_words(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(rotating_code(card, off=-10))

    assert panel.outcome == "refused"
    assert "This code is old or was already scanned. It may be a picture of a screen." in panel.words
    assert card.row.stamps == 0


def test_a_fixed_code_is_called_one_that_could_be_a_picture(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(card.code)

    assert "Fixed code, could be a picture" in panel.words
    assert "Live code" not in panel.words


def test_a_typed_number_is_called_neither(phone: Phone, card: HeldCard) -> None:
    number = card.row.short_number

    panel = phone.scan(f"{number[:4]} {number[4:]}")

    assert panel.outcome == "stamped"
    assert "code" not in panel.words.lower()


def test_one_more_stamp_says_nothing_about_the_code(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(rotating_code(card))

    with stopped_at(now() + timedelta(seconds=6)):
        more = phone.tap(panel.url("/stamps"), override="true", count="1")

    assert more.outcome == "stamped"
    assert "Live code" not in more.words


def test_also_before_an_amount_the_scanner_says_whether_the_code_is_live(phone: Phone) -> None:
    by_amount = {"by": "amount", "amount_per_stamp": 500, "currency": "EUR"}
    offer = phone.shop.publish(earning=by_amount)

    assert "Live code" in phone.scan(rotating_code(offer.card())).words
    assert "could be a picture" in phone.scan(offer.card().code).words


@pytest.mark.parametrize("path", ["self_redeem", "staff_scan", "redeem_code"])
def test_the_cards_fixed_code_never_redeems_a_voucher_by_itself(lume: Shop, path: str) -> None:
    card = lume.publish(**one_reward(path)).card()
    give_stamps(card, 2)
    (voucher,) = card.open_vouchers

    for _ in range(3):
        scanned = take_scan(lume.merchant, recognise(lume.merchant, card.code), Purchase(), actor=lume.actor)
        assert isinstance(scanned, ScannedCard)

    assert voucher in card.open_vouchers
    assert Redemption.objects.count() == 0


def test_a_reward_beside_a_fixed_code_waits_for_a_tap(phone: Phone) -> None:
    card = phone.shop.publish(**one_reward("staff_scan")).card()
    give_stamps(card, 2)

    panel = phone.scan(card.code)

    assert "Hand out" in panel.words
    assert Redemption.objects.count() == 0


def test_a_voucher_of_either_wallet_is_offered_and_not_redeemed(phone: Phone) -> None:
    card = phone.shop.publish(earning=AT_ONCE).card()
    give_stamps(card, 5)
    (voucher,) = card.open_vouchers

    panel = phone.scan(voucher_code(voucher.id, 0))

    assert panel.outcome == "offer"
    assert Redemption.objects.count() == 0
