"""Who does not come any more reads on their card that it will be deleted, and keeps it with one button."""

from datetime import timedelta

import pytest
from django.test import Client

from stampwell.cards.erasing_inactive import erase_inactive_customers
from stampwell.clock import stopped_at
from stampwell.customers.retention import change_retention
from tests.following import follow_everything
from tests.kept import made_once
from tests.moments import START
from tests.web.customer import path_of
from tests.world import HeldCard, Shop

SAYS_SO = "You have not used this card for a long time. On "


@pytest.fixture
def phone() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    """Of somebody without an email, who was told today."""
    card = lume.publish().card()
    change_retention(lume.merchant, 12, actor=lume.actor)
    follow_everything()
    return card


def test_the_card_says_so_and_my_data_has_the_button(phone: Client, card: HeldCard) -> None:
    assert SAYS_SO not in phone.get(path_of(card)).text
    data = f"{path_of(card)}/my-data"

    with stopped_at(START + timedelta(days=340)):
        erase_inactive_customers()
        shown, asked = phone.get(path_of(card)).text, phone.get(data).text
        assert SAYS_SO in shown
        assert f'href="{data}"' in shown
        assert SAYS_SO in asked
        assert f'action="{data}/keeping"' in asked
    with stopped_at(START + timedelta(days=345)):
        kept = phone.post(f"{data}/keeping")
        assert kept.headers["Location"] == data
        assert SAYS_SO not in phone.get(path_of(card)).text
        assert SAYS_SO not in phone.get(data).text


def test_looking_at_ones_data_or_taking_it_along_keeps_nobody(phone: Client, card: HeldCard) -> None:
    """Programs that check mail open each link, and nobody writes down who looks."""
    data = f"{path_of(card)}/my-data"
    with stopped_at(START + timedelta(days=340)):
        erase_inactive_customers()

    with stopped_at(START + timedelta(days=345)):
        assert [phone.get(f"{data}{page}").status_code for page in ("", "/file", "/deletion")] == [200] * 3
        assert SAYS_SO in phone.get(data).text


def test_saving_ones_data_as_it_is_keeps_the_card(phone: Client, card: HeldCard) -> None:
    data = f"{path_of(card)}/my-data"
    with stopped_at(START + timedelta(days=340)):
        erase_inactive_customers()

    with stopped_at(START + timedelta(days=345)):
        phone.post(data, {"name": "", "email": "", "phone": "", "birthday": ""})
        assert SAYS_SO not in phone.get(data).text
        assert SAYS_SO not in phone.get(path_of(card)).text


def test_of_who_was_not_told_nothing_is_kept(phone: Client, card: HeldCard) -> None:
    assert phone.post(f"{path_of(card)}/my-data/keeping").status_code == 302


def test_the_page_about_privacy_says_after_how_long(phone: Client, card: HeldCard) -> None:
    said = "If you do not use your card for 12 months, it is deleted"
    assert said in phone.get("/p/cafe-lume").text

    change_retention(card.shop.merchant, None, actor=card.shop.actor)

    assert said not in phone.get("/p/cafe-lume").text
