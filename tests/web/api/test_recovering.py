"""POST /cards/{id}/recovery."""

import pytest

from stampwell.cards.links import card_code
from stampwell.cards.models import Card
from stampwell.merchants.access import Scope
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Shop


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    card = lume.publish(earning=AT_ONCE).card()
    give_stamps(card, 6)
    return card


def path_of(card: HeldCard) -> str:
    return f"/cards/crd_{card.id.hex}/recovery"


def test_the_answer_is_the_card_with_its_new_links(api: ApiClient, card: HeldCard) -> None:
    answer = api.post(path_of(card))

    assert answer.status == 201
    assert (answer.json["stamps"], answer.json["issue"]) == (6, 1)
    assert answer.json["code"] == card_code(card.id, 1)
    assert answer.json["vouchers"] == api.get(f"/cards/crd_{card.id.hex}").json["vouchers"]


def test_whoever_moves_a_card_sees_its_links(lume: Shop, card: HeldCard) -> None:
    narrow = ApiClient(lume.api_key(Scope.CARDS_WRITE))

    assert narrow.post(path_of(card)).json["web_url"]


def test_the_same_key_moves_it_once_and_another_key_again(api: ApiClient, card: HeldCard) -> None:
    first, again = (api.post(path_of(card), key="lost-1") for _time in range(2))
    other = api.post(path_of(card), key="lost-2")

    assert first.body == again.body
    assert other.json["issue"] == 2


def test_the_scan_of_an_old_code_is_refused_as_that_of_a_replaced_card(api: ApiClient, card: HeldCard) -> None:
    api.post(path_of(card))

    refused = api.post("/scans", {"code": card.code})

    assert (refused.status, refused.code) == (409, "card_void")
    assert card.row.stamps == 6


def test_events_of_before_show_the_links_of_now(api: ApiClient, card: HeldCard) -> None:
    moved = api.post(path_of(card)).json

    events = api.get("/events?type=card.issued,voucher.issued,card.recovered").json["items"]

    assert [event["type"] for event in events] == ["card.issued", "voucher.issued", "card.recovered"]
    assert events[0]["data"]["card"]["web_url"] == moved["web_url"]
    assert events[1]["data"]["voucher"]["web_url"] == moved["vouchers"][0]["web_url"]
    assert events[2]["data"]["card"]["vouchers"][0]["code"] == moved["vouchers"][0]["code"]


def test_a_void_card_and_an_unknown_one_are_refused(api: ApiClient, card: HeldCard) -> None:
    Card.objects.update(state="void")

    assert api.post(path_of(card)).code == "card_void"
    assert api.post(f"/cards/crd_{'0' * 32}/recovery").status == 404


def test_it_takes_a_key_that_writes_cards(lume: Shop, card: HeldCard) -> None:
    reader = ApiClient(lume.api_key(Scope.CARDS_READ, Scope.STAMPS_WRITE))

    assert reader.post(path_of(card)).status == 403
    assert card.row.issue == 0
