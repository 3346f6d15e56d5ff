"""POST /customers/{id}/erasure, DELETE /customers/{id}, GET /customers/{id}/export."""

import pytest

from stampwell.cards.models import Card
from stampwell.customers.models import Consent, Customer
from stampwell.merchants.access import Scope
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Shop


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    card = lume.publish(earning=AT_ONCE).card(name="Cy", email="cy@lume.example", external_id="CRM-1")
    give_stamps(card, 6)
    return card


def path_of(card: HeldCard, part: str = "") -> str:
    return f"/customers/cus_{card.row.customer_id.hex}{part}"


def test_the_customer_is_gone_and_the_card_is_there_without_a_key(api: ApiClient, card: HeldCard) -> None:
    answer = api.post(path_of(card, "/erasure"))

    shown = api.get(f"/cards/crd_{card.id.hex}").json
    assert (answer.status, answer.json["cards"]) == (201, 1)
    assert (shown["state"], shown["stamps"], shown["external_id"], shown["vouchers"]) == ("erased", 6, None, [])
    assert (shown["code"], shown["web_url"]) == (None, None)
    assert api.get(path_of(card)).status == 404
    assert api.get(path_of(card, "/export")).status == 404
    assert api.patch(path_of(card), {"name": "Cy"}).status == 404
    assert Customer.objects.get().name == ""


def test_deleting_is_the_same_and_once_more_changes_nothing(api: ApiClient, card: HeldCard) -> None:
    first = api.ask("delete", path_of(card))
    again = api.post(path_of(card, "/erasure"))

    assert (first.status, again.status) == (200, 201)
    assert first.json == again.json
    assert Card.objects.get().issue == 1


def test_the_card_takes_nothing_any_more(api: ApiClient, card: HeldCard) -> None:
    code = card.code
    api.post(path_of(card, "/erasure"))

    refused = [
        api.post("/scans", {"code": code}),
        api.post(f"/cards/crd_{card.id.hex}/stamps", {"count": 1}),
        api.post(f"/cards/crd_{card.id.hex}/recovery"),
    ]

    assert {(one.status, one.code) for one in refused} == {(409, "card_void")}
    assert {one.json["title"] for one in refused} == {"This card was deleted"}


def test_erasing_and_exporting_have_scopes(lume: Shop, card: HeldCard) -> None:
    reader, writer = (ApiClient(lume.api_key(scope)) for scope in (Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE))

    assert [reader.post(path_of(card, "/erasure")).status, reader.ask("delete", path_of(card)).status] == [403, 403]
    assert writer.get(path_of(card, "/export")).status == 403
    assert Customer.objects.get().name == "Cy"


def test_the_export_tells_what_was_agreed_to_in_the_words_that_stood_there(api: ApiClient, card: HeldCard) -> None:
    said = {"purpose": "marketing", "granted": True, "wording": "Café Lume may write.", "source": "join page"}
    Consent.objects.create(merchant=card.shop.merchant, customer_id=card.row.customer_id, **said)

    told = api.get(path_of(card, "/export")).json

    (consent,) = told["consents"]
    assert {name: consent[name] for name in said} == said
    shown = api.get(path_of(card)).json
    assert told["customer"] | {"tags": told["tags"]} == {name: shown[name] for name in shown if name != "card_ids"}
    assert told["cards"][0]["card"]["external_id"] == "CRM-1"
    assert "code" not in told["cards"][0]["card"]
