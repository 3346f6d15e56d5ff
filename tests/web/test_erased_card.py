"""The links of a card that was deleted with its customer's data: they say so, in the reader's language."""

import pytest
from django.test import Client

from stampwell.cards.erasing import erase_customer
from stampwell.customers.models import Customer
from stampwell.vouchers.models import Redemption
from tests.kept import made_once
from tests.web.customer import card_with_reward, one_reward, path_of, voucher_path
from tests.world import HeldCard, Shop

DELETED = {
    "en": "This card was deleted, together with your data.",
    "lv": "Šī karte ir izdzēsta kopā ar jūsu datiem.",
    "et": "See kaart on koos sinu andmetega kustutatud.",
    "uz": "Bu karta maʼlumotlaringiz bilan birga oʻchirilgan.",
    "kk": "Бұл карта деректеріңізбен бірге жойылды.",
    "ja": "このカードは、お客様の情報とともに削除されました。",
}


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return card_with_reward(lume.publish(**one_reward("self_redeem")))


def erase(card: HeldCard) -> None:
    erase_customer(card.shop.merchant, card.row.customer_id, actor=card.shop.actor)


def test_an_old_link_says_in_the_readers_language_that_the_card_was_deleted(client: Client, card: HeldCard) -> None:
    erase(card)

    pages = {language: client.get(path_of(card), headers={"accept-language": language}) for language in DELETED}

    assert {page.status_code for page in pages.values()} == {410}
    assert [language for language, page in pages.items() if DELETED[language] not in page.text] == []


def test_nothing_below_the_link_is_there_and_the_reward_cannot_be_used(client: Client, card: HeldCard) -> None:
    old = voucher_path(card)
    erase(card)

    below = ("/state", "/history", "/apple", "/google", "/card.en.webmanifest")
    answers = [client.get(path_of(card) + path) for path in below]
    answers += [client.get(old), client.post(f"{old}/use"), client.get(f"{old}/state"), client.get(f"{old}/check")]

    assert {answer.status_code for answer in answers} == {410}
    assert client.get(f"{path_of(card)}/code").status_code == 404
    assert Redemption.objects.count() == 0


def test_whoever_joined_in_this_browser_can_join_again(client: Client, lume: Shop) -> None:
    offer = lume.publish()
    where = f"/j/{lume.merchant.slug}/{offer.program.slug}"
    first = client.post(where, {"to": "web"}).headers["Location"]
    erase_customer(lume.merchant, Customer.objects.get().id, actor=lume.actor)

    again = client.post(where, {"to": "web"}).headers["Location"]

    assert (client.get(first).status_code, client.get(again).status_code) == (410, 200)
