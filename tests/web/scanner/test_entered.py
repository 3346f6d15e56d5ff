"""How a card came to the counter: its code, or nothing but its number. The event of the stamp says so."""

import re
from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from stampwell.vouchers.links import voucher_code
from tests.moments import START
from tests.web.api.client import ApiClient
from tests.web.customer import give_stamps
from tests.web.scanner.keeping import KeepingPhone
from tests.web.scanner.phone import Panel, Phone
from tests.world import HeldCard


def entered() -> list[str | None]:
    """Of each stamp, in their order."""
    return [event.data.get("entered") for event in Event.objects.filter(type="stamp.added").order_by("id")]


def fields_of(panel: Panel) -> dict[str, str]:
    """Of the form in the panel that stamps: what the phone would send."""
    return hidden_in(panel, "/stamps")


def hidden_in(panel: Panel, action: str) -> dict[str, str]:
    form = re.search(rf'<form[^>]*action="[^"]*{action}".*?</form>', panel.html, re.DOTALL)
    assert form, panel.words
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([\w-]+)">', form[0]))


def test_the_event_of_a_stamp_says_that_the_number_was_typed(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.row.short_number)

    assert entered() == ["typed"]


def test_of_a_scanned_code_nothing_is_said(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code)

    assert entered() == [None]
    assert "entered" not in Event.objects.get(type="stamp.added").data


def test_more_stamps_on_a_typed_card_are_typed_too(phone: Phone, card: HeldCard) -> None:
    typed = phone.scan(card.row.short_number)

    with stopped_at(START + timedelta(seconds=6)):
        phone.tap(typed.url("/stamps"), **fields_of(typed))

    assert entered() == ["typed", "typed"]


def test_a_typed_card_that_is_stamped_anyway_is_typed_too(phone: Phone, card: HeldCard) -> None:
    phone.scan(card.code)

    with stopped_at(START + timedelta(seconds=6)):
        refused = phone.scan(card.row.short_number)
        phone.tap(refused.url("/stamps"), **fields_of(refused))

    assert entered() == [None, "typed"]


def test_a_typed_card_that_collects_by_amount_is_typed_too(phone: Phone) -> None:
    card = phone.shop.publish(earning={"by": "amount", "amount_per_stamp": 500, "cooldown_seconds": 30}).card()
    asked = phone.scan(card.row.short_number)

    again = phone.tap(asked.url("/stamps"), amount="nothing", **fields_of(asked))
    phone.tap(again.url("/stamps"), amount="12.50", **fields_of(again))

    assert (again.outcome, entered()) == ("needs_amount", ["typed"])


def test_a_number_that_was_typed_without_a_network_is_typed_too(phone: Phone, card: HeldCard) -> None:
    offline = KeepingPhone(phone)

    offline.hand_in(offline.device.keep(card.row.short_number))

    assert entered() == ["typed"]


def test_a_till_that_sends_a_number_is_told_apart_as_well(card: HeldCard) -> None:
    api = ApiClient(card.shop.api_key())

    api.post("/api/v1/scans", {"code": card.row.short_number})

    assert entered() == ["typed"]


def test_what_the_phone_says_itself_counts_for_nothing(phone: Phone, card: HeldCard) -> None:
    url = phone.scan(card.code).url("/stamps")

    with stopped_at(START + timedelta(seconds=6)):
        phone.tap(url, override="true", count="1", entered="")

    assert entered() == [None, "found"]


def test_a_code_that_was_scanned_long_ago_is_no_longer_before_anybody(phone: Phone, card: HeldCard) -> None:
    scanned = phone.scan(card.code)

    for minutes in (15, 16):
        with stopped_at(START + timedelta(minutes=minutes)):
            phone.tap(scanned.url("/stamps"), **fields_of(scanned))

    assert entered() == [None, None, "found"]


def test_more_stamps_on_a_scanned_card_are_of_that_scan(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(card.code)
    for minutes in (7, 14, 21):
        with stopped_at(START + timedelta(minutes=minutes)):
            panel = phone.tap(panel.url("/stamps"), **fields_of(panel))

    assert entered() == [None, None, None, "found"], "tapping on prolongs nothing"


def handed_out() -> list[str | None]:
    return [event.data.get("entered") for event in Event.objects.filter(type="voucher.redeemed").order_by("id")]


@pytest.mark.parametrize("how", ["typed", "shown"])
def test_the_event_of_a_reward_says_whether_its_card_was_shown(phone: Phone, card: HeldCard, how: str) -> None:
    give_stamps(card, 4)
    with stopped_at(START + timedelta(minutes=1)):
        panel = phone.scan(card.row.short_number if how == "typed" else card.code)
        phone.tap(panel.url("/redemption"), **hidden_in(panel, "/redemption"))

    assert handed_out() == ["typed" if how == "typed" else None]


def test_a_reward_of_which_the_phone_says_nothing_is_of_a_card_that_nobody_showed(phone: Phone, card: HeldCard) -> None:
    give_stamps(card, 5)
    with stopped_at(START + timedelta(minutes=1)):
        phone.tap(phone.scan(card.code).url("/redemption"))

    assert handed_out() == ["found"]


def test_a_voucher_whose_own_code_was_scanned_was_shown(phone: Phone, card: HeldCard) -> None:
    give_stamps(card, 5)
    (voucher,) = card.open_vouchers
    offered = phone.scan(voucher_code(voucher.id, 0))
    phone.tap(offered.url("/redemption"), **hidden_in(offered, "/redemption"))

    assert handed_out() == [None]
