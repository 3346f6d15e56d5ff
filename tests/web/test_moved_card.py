"""The links of a card that was recovered: the new ones open everything, the old ones say that it was moved."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from stampwell.cards.links import card_url
from stampwell.cards.recovering import recover_card
from stampwell.vouchers.links import voucher_url
from stampwell.vouchers.models import Redemption
from tests.kept import made_once
from tests.web.customer import card_with_reward, one_reward, path_of, voucher_path
from tests.world import HeldCard, Shop

MOVED = {
    "en": "This card was moved to a new link.",
    "lv": "Šī karte ir pārcelta uz jaunu saiti.",
    "et": "See kaart on viidud uuele lingile.",
    "uz": "Bu karta yangi havolaga koʻchirildi.",
    "kk": "Бұл карта жаңа сілтемеге көшірілді.",
    "ja": "このカードは新しいリンクに移されました。",
}


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return card_with_reward(lume.publish(**one_reward("self_redeem")))


def recover(card: HeldCard) -> None:
    recover_card(card.shop.merchant, card.id, actor=card.shop.actor)


@pytest.mark.parametrize("language", MOVED)
def test_an_old_link_says_in_the_readers_language_that_the_card_was_moved(
    client: Client, card: HeldCard, language: str
) -> None:
    recover(card)

    page = client.get(path_of(card), headers={"accept-language": language})

    assert page.status_code == 410
    assert MOVED[language] in page.text


@pytest.mark.parametrize("below", ["", "/state", "/history", "/apple", "/google", "/card.en.webmanifest"])
def test_nothing_of_the_card_is_shown_below_its_old_link(client: Client, card: HeldCard, below: str) -> None:
    recover(card)

    page = client.get(path_of(card) + below)

    assert page.status_code == 410
    assert card.row.short_number not in page.text.replace(" ", "")
    assert card_url(card.shop.merchant.slug, card.id, 1) not in page.text


def test_the_old_link_draws_no_code(client: Client, card: HeldCard) -> None:
    recover(card)

    assert client.get(f"{path_of(card)}/code").status_code == 404


def test_the_old_link_of_a_voucher_neither_uses_it_nor_leads_to_the_card(client: Client, card: HeldCard) -> None:
    old = voucher_path(card)
    recover(card)

    answers = [client.get(old), client.post(f"{old}/use"), client.get(f"{old}/state"), client.get(f"{old}/check")]

    assert [answer.status_code for answer in answers] == [410] * 4
    assert Redemption.objects.count() == 0


def test_the_new_links_open_the_card_and_use_its_voucher(client: Client, card: HeldCard) -> None:
    recover(card)
    slug, (voucher,) = card.shop.merchant.slug, card.open_vouchers
    where, of_voucher = (
        urlsplit(url).path for url in (card_url(slug, card.id, 1), voucher_url(slug, voucher.id, voucher.issue))
    )

    page = client.get(where)
    client.post(f"{of_voucher}/use")

    assert of_voucher in page.text
    assert Redemption.objects.count() == 1


def test_the_used_voucher_of_a_lost_phone_does_not_lead_to_the_card(client: Client, card: HeldCard) -> None:
    old = voucher_path(card)
    client.post(f"{old}/use")
    recover(card)

    assert client.get(old).status_code == 410


def test_another_shop_knows_nothing_of_it(client: Client, card: HeldCard, rossi: Shop) -> None:
    recover(card)
    token = path_of(card).rpartition("/")[2]

    assert client.get(f"/c/{rossi.merchant.slug}/{token}").status_code == 404
