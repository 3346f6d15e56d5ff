"""How a card came to the counter: its code, or nothing but its number. The event of the stamp says so."""

import re
from datetime import timedelta

import pytest

from stampwell.clock import stopped_at
from stampwell.events.models import Event
from tests.moments import START
from tests.web.api.client import ApiClient
from tests.web.scanner.keeping import KeepingPhone
from tests.web.scanner.phone import Panel, Phone
from tests.world import HeldCard


def entered() -> list[str | None]:
    """Of each stamp, in their order."""
    return [event.data.get("entered") for event in Event.objects.filter(type="stamp.added").order_by("id")]


def fields_of(panel: Panel) -> dict[str, str]:
    """Of the form in the panel that stamps: what the phone would send."""
    form = re.search(r'<form[^>]*action="[^"]*/stamps".*?</form>', panel.html, re.DOTALL)
    assert form, panel.words
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form[0]))


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


@pytest.mark.parametrize("wrong", ["", "scanned", "1"])
def test_another_word_for_it_is_not_understood(phone: Phone, card: HeldCard, wrong: str) -> None:
    url = phone.scan(card.code).url("/stamps")

    answer = phone.send_form(url, key="k", override="true", count="1", entered=wrong)

    assert answer.status_code == 422
    assert card.row.stamps == 1
