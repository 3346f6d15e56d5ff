"""A reward that the customer has just used alone, at the scanner: handed out once, or restored."""

from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.counter.handing_over import hand_over
from stampwell.events.actors import CUSTOMER
from stampwell.events.models import Event
from stampwell.vouchers.links import voucher_code
from stampwell.vouchers.models import Redemption, Reversal, Voucher
from tests.moments import START
from tests.web.customer import card_with_reward, one_reward
from tests.web.scanner.phone import Phone


@pytest.fixture
def code(phone: Phone) -> str:
    card = card_with_reward(phone.shop.publish(**one_reward("self_redeem")))
    voucher_id = card.open_vouchers[0].id
    hand_over(phone.shop.merchant, voucher_id, path="self_redeem", actor=CUSTOMER)
    return voucher_code(voucher_id, 0)


def test_a_scan_of_the_screen_says_hand_out_once(phone: Phone, code: str) -> None:
    with stopped_at(START + timedelta(minutes=2)):
        first = phone.scan(code)
        second = phone.scan(code)

    assert (first.outcome, first.tone) == ("own_use", "attention")
    assert "Used by the customer A free coffee 2 minutes ago Hand it out only if nobody has yet." in first.words
    assert second.outcome == "refused"
    assert "This voucher was already used" in second.words
    assert Event.objects.filter(type="voucher.checked").count() == 1
    assert Redemption.objects.count() == 1


def test_a_scan_after_the_screen_stands_still_is_refused(phone: Phone, code: str) -> None:
    with stopped_at(START + timedelta(minutes=5)):
        panel = phone.scan(code)

    assert panel.outcome == "refused"
    assert not Event.objects.filter(type="voucher.checked").exists()


def test_a_use_by_accident_is_restored_from_the_same_panel(phone: Phone, code: str) -> None:
    with stopped_at(START + timedelta(minutes=2)):
        panel = phone.scan(code)
    with stopped_at(START + timedelta(minutes=4)):
        restored = phone.tap(panel.url("/reversal"))
        offered = phone.scan(code)

    assert panel.undo_until == int((START + timedelta(minutes=5)).timestamp() * 1000)
    assert (restored.outcome, offered.outcome) == ("given_back", "offer")
    assert "Voucher restored: A free coffee" in phone.get("/scanner/today").text
    assert Reversal.objects.count() == 1
    assert Voucher.objects.get().state == "ready"
