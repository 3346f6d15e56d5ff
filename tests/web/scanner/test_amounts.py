"""Cards that collect by amount spent: the scanner asks for it and reads it as people type it."""

from datetime import timedelta
from html import unescape

import pytest
from django.utils import translation

from stampwell.clock import stopped_at
from stampwell.web.scanner.amounts import AmountUnclear, read_amount
from tests.moments import START
from tests.web.scanner.phone import Phone
from tests.web.scanner.test_entered import fields_of
from tests.web.scanner.test_live_codes import rotating_code
from tests.world import HeldCard

BY_AMOUNT = {"by": "amount", "amount_per_stamp": 500, "cooldown_seconds": 30}


@pytest.fixture
def card(phone: Phone) -> HeldCard:
    return phone.shop.publish(earning=BY_AMOUNT).card()


@pytest.mark.parametrize(
    ("locale", "text", "currency", "minor"),
    [
        ("en", "12.50", "EUR", 1250),
        ("en", "12,50", "EUR", 1250),
        ("lv", "12.5", "EUR", 1250),
        ("lv", "12", "EUR", 1200),
        ("lv", "12,", "EUR", 1200),
        ("en", "1,234.50", "EUR", 123450),
        ("lv", "1 234,50", "EUR", 123450),
        ("en", "1,234", "EUR", 123400),
        ("ja", "1,200", "JPY", 1200),
        ("ja", "１２００", "JPY", 1200),
        ("en", "0.01", "EUR", 1),
        ("en", "١٢٫٥٠", "EUR", 1250),
        ("lv", "۱۲,۵۰\u200e", "EUR", 1250),
        ("ja", "\u202a１，２００\u202c", "JPY", 1200),
    ],
)
def test_an_amount_is_read_as_it_is_typed(locale: str, text: str, currency: str, minor: int) -> None:
    with translation.override(locale):
        assert read_amount(text, currency) == minor


@pytest.mark.parametrize(
    "text", ["", "0", "0.00", "-5", "12.345", "1.2.3", "ten", "NaN", "1e3", "9" * 15, ".", ",5,", "½", "٣x", "1" * 999]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with translation.override("en"), pytest.raises(AmountUnclear):
        read_amount(text, "EUR")


def test_yen_have_no_decimals() -> None:
    with translation.override("ja"), pytest.raises(AmountUnclear):
        read_amount("12.5", "JPY")


def test_the_scanner_asks_for_the_amount(phone: Phone, card: HeldCard) -> None:
    panel = phone.scan(card.code)

    assert (panel.outcome, panel.tone) == ("needs_amount", "attention")
    assert "Amount of the purchase in EUR" in panel.words
    assert card.row.stamps == 0


def test_the_amount_earns_stamps_and_leaves_a_rest(phone: Phone, card: HeldCard) -> None:
    panel = phone.tap(phone.scan(card.code).url("/stamps"), amount="12,50")

    assert panel.outcome == "stamped"
    assert "2 of 10 stamps" in panel.words
    assert "€2.50 of €5.00 towards the next stamp" in panel.words
    assert (card.row.stamps, card.row.remainder) == (2, 250)
    assert "+1" not in panel.words  # stamps follow from amounts here


def test_an_amount_in_the_scan_itself_is_taken(phone: Phone, card: HeldCard) -> None:
    assert phone.scan(card.code, amount=1000).outcome == "stamped"
    assert card.row.stamps == 2


def test_a_wrong_amount_is_asked_for_again(phone: Phone, card: HeldCard) -> None:
    panel = phone.tap(phone.scan(card.code).url("/stamps"), amount="ten")

    assert (panel.outcome, panel.tone) == ("needs_amount", "bad")
    assert "This is not an amount." in panel.words
    assert 'value="ten"' in panel.html
    assert card.row.stamps == 0


def test_a_small_amount_is_explained_where_there_is_a_minimum(phone: Phone) -> None:
    card = phone.shop.publish(earning={"by": "visit", "minimum_spend": 500}).card()
    asked = phone.scan(card.code)
    assert asked.outcome == "needs_amount"

    panel = phone.tap(asked.url("/stamps"), amount="4.20")

    assert panel.outcome == "needs_amount"
    assert "at least €5.00; this one is €4.20" in panel.words
    assert card.row.stamps == 0


def test_stamping_anyway_keeps_the_amount(phone: Phone, card: HeldCard) -> None:
    with stopped_at(START):
        url = phone.scan(card.code).url("/stamps")
        phone.tap(url, amount="5.00")
    with stopped_at(START + timedelta(seconds=10)):
        refused = phone.tap(url, amount="10.00")
        assert 'name="amount" value="10.00"' in refused.html

        phone.tap(refused.url("/stamps"), amount="10.00", override="true")

    assert card.row.stamps == 3


@pytest.mark.parametrize(
    ("earning", "asked_from"),
    [
        (BY_AMOUNT, 5000),  # ten stamps
        ({"by": "visit", "minimum_spend": 500}, 50_000),
    ],
)
def test_from_which_amount_on_the_scanner_asks_is_said_with_the_card(
    phone: Phone, earning: dict[str, object], asked_from: int
) -> None:
    card = phone.shop.publish(earning=earning).card()

    assert f'"asks_from":{asked_from}' in unescape(phone.scan(card.code).html)


def test_a_rotating_code_is_used_up_by_the_amount_that_was_asked_for(phone: Phone) -> None:
    card = phone.shop.publish(earning={"by": "amount", "amount_per_stamp": 500, "cooldown_seconds": 0}).card()
    picture = rotating_code(card, off=1)
    asked, other = phone.scan(picture), phone.scan(picture)

    first = phone.tap(asked.url("/stamps"), amount="12.50", **fields_of(asked))
    second = phone.tap(other.url("/stamps"), amount="12.50", **fields_of(other))
    again = phone.scan(picture)

    assert (first.outcome, second.outcome) == ("stamped", "refused")
    assert "This code is old or was already scanned." in second.words
    assert (again.outcome, card.row.stamps) == ("needs_amount", 2)
