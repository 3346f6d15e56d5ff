"""A card on paper is kept in a phone by one tap: the paper then opens nothing any more, and says so."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from stampwell.cards.erasing import erase_customer
from stampwell.cards.links import card_url, paper_mark
from stampwell.cards.models import Card
from stampwell.cards.refusals import CardMoved
from stampwell.counter.scanning import recognise
from stampwell.events.models import Event
from stampwell.merchants.closing import close_shop
from stampwell.web.card.to_phone import MOST_MOVES
from tests.kept import made_once
from tests.web.customer import NOBODY, give_stamps, path_of
from tests.web.test_moved_card import MOVED
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def offer(lume: Shop) -> Offer:
    return lume.publish()


@pytest.fixture
@made_once
def card(offer: Offer) -> HeldCard:
    card = offer.card()
    give_stamps(card, 6)
    return card


def on_paper(card: HeldCard) -> str:
    return f"{path_of(card)}?paper={paper_mark(card.id, 0)}"


def where_to_keep(card: HeldCard, issue: int = 0) -> str:
    return f"{new_path(card, issue)}/phone?paper={paper_mark(card.id, issue)}"


def keep(phone: Client, card: HeldCard, *, key: str = "") -> HttpResponse:
    return phone.post(where_to_keep(card), {"key": key or uuid4().hex})  # type: ignore[return-value]


def new_path(card: HeldCard, issue: int = 1) -> str:
    return urlsplit(card_url(card.shop.merchant.slug, card.id, issue)).path


def test_the_code_on_paper_asks_whether_the_phone_shall_keep_the_card(client: Client, card: HeldCard) -> None:
    asked = client.get(on_paper(card), follow=True)

    assert asked.redirect_chain == [(where_to_keep(card), 302)]
    assert "Keep it on this phone" in asked.text
    assert "6 of 10" in asked.text
    assert f'href="{path_of(card)}"' in asked.text
    assert card.row.issue == 0, "looking moves no card"


def test_one_tap_moves_the_card_and_the_paper_says_so_everywhere(client: Client, card: HeldCard) -> None:
    paper, number = card.url + f"?paper={paper_mark(card.id, 0)}", card.row.short_number

    kept = keep(client, card)

    assert (kept.status_code, kept.headers["Location"]) == (303, new_path(card))
    assert client.get(new_path(card)).status_code == 200
    assert (card.row.stamps, [voucher.issue for voucher in card.open_vouchers]) == (6, [1])
    for code in (paper, card.code, number):
        assert type(recognise(card.shop.merchant, code).refusal) is CardMoved
    again = Client().get(on_paper(card), follow=True)
    assert (again.status_code, MOVED["en"] in again.text) == (410, True)
    moved = Event.objects.get(type="card.recovered")
    assert (moved.card_id, moved.source) == (card.id, "card")


@pytest.mark.parametrize("mark", ["", "?paper", "?paper=" + "0" * 32, "?paper=%C3%A9%00", "?paper=earlier"])
def test_who_knows_only_the_link_looks_at_the_card_and_moves_nothing(client: Client, card: HeldCard, mark: str) -> None:
    mark = mark.replace("earlier", paper_mark(card.id, 1))
    looked = [client.get(f"{path_of(card)}{part}{mark}", follow=True) for part in ("", "/phone")]

    tapped = client.post(f"{path_of(card)}/phone{mark}", {"key": uuid4().hex})

    assert [(page.status_code, "Keep it on this phone" in page.text) for page in looked] == [(200, False)] * 2
    assert (tapped.status_code, card.row.issue) == (404, 0)


def test_a_button_that_is_tapped_twice_moves_the_card_once(client: Client, card: HeldCard) -> None:
    first, second = (keep(client, card, key="a" * 32) for _tap in range(2))

    assert first.headers["Location"] == second.headers["Location"] == new_path(card)
    assert Event.objects.filter(type="card.recovered").count() == 1


def test_a_card_that_is_moved_again_and_again_has_to_wait(client: Client, card: HeldCard, offer: Offer) -> None:
    moves = [client.post(where_to_keep(card, card.row.issue), {"key": uuid4().hex}) for _time in range(MOST_MOVES)]

    refused = client.post(where_to_keep(card, MOST_MOVES), {"key": uuid4().hex})

    assert [move.status_code for move in moves] == [303] * MOST_MOVES
    assert (refused.status_code, card.row.issue) == (429, MOST_MOVES)
    assert "Wait 24 hours and try again." in refused.text
    assert keep(Client(), offer.card()).status_code == 303, "each card is counted by itself"


@pytest.mark.parametrize("language", MOVED)
def test_a_second_phone_is_told_that_the_card_was_moved(card: HeldCard, language: str) -> None:
    keep(Client(), card)

    late = Client(headers={"Accept-Language": language}).post(where_to_keep(card), {"key": uuid4().hex})

    assert (late.status_code, MOVED[language] in late.text) == (410, True)
    assert card.row.issue == 1


def test_the_phone_knows_its_card_when_it_scans_the_poster(client: Client, card: HeldCard, offer: Offer) -> None:
    keep(client, card)

    poster = client.get(f"/j/{card.shop.merchant.slug}/{offer.program.slug}")

    assert (poster.status_code, poster.headers["Location"]) == (303, new_path(card))


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "\0" * 32])
def test_a_form_without_its_key_asks_again(client: Client, card: HeldCard, key: str) -> None:
    answer = client.post(where_to_keep(card), {"key": key})

    assert answer.status_code == 200
    assert card.row.issue == 0


def test_a_link_of_nobody_or_of_another_shop_moves_nothing(client: Client, card: HeldCard, rossi: Shop) -> None:
    token = path_of(card).rsplit("/", 1)[1]
    strange = [f"/c/{card.shop.merchant.slug}/{NOBODY}/phone", f"/c/{rossi.merchant.slug}/{token}/phone"]

    assert [client.get(path).status_code for path in strange] == [404, 404]
    assert [client.post(path, {"key": uuid4().hex}).status_code for path in strange] == [404, 404]
    assert card.row.issue == 0


def test_an_erased_card_is_kept_by_no_phone(client: Client, card: HeldCard) -> None:
    erase_customer(card.shop.merchant, card.row.customer_id, actor=card.shop.actor)

    assert [client.get(on_paper(card), follow=True).status_code, keep(client, card).status_code] == [410, 410]


def test_a_merged_card_leads_to_where_it_is_explained(client: Client, card: HeldCard) -> None:
    Card.objects.filter(id=card.id).update(state="void")

    assert client.get(on_paper(card), follow=True).redirect_chain[-1] == (path_of(card), 302)
    assert keep(client, card).status_code == 409
    assert card.row.issue == 0


def test_a_closed_shop_moves_no_card_and_says_so(client: Client, card: HeldCard) -> None:
    close_shop(card.shop.merchant.id)

    assert client.get(on_paper(card), follow=True).redirect_chain[-1] == (path_of(card), 302)
    assert keep(client, card).status_code == 409
    assert card.row.issue == 0
