"""POST /customers/{id}/merge, POST /merges/{id}/reversal."""

import pytest

from stampwell.merchants.access import Scope
from tests.web.api.client import ApiClient
from tests.web.customer import AT_ONCE, give_stamps
from tests.world import HeldCard, Shop


@pytest.fixture
def pair(lume: Shop) -> tuple[HeldCard, HeldCard]:
    offer = lume.publish(earning=AT_ONCE)
    card, gone = offer.card(name="Cy"), offer.card(email="cy@lume.example")
    give_stamps(card, 3)
    give_stamps(gone, 4)
    return card, gone


def customer_of(card: HeldCard) -> str:
    return f"cus_{card.row.customer_id.hex}"


def test_it_is_done_once_and_undone(api: ApiClient, pair: tuple[HeldCard, HeldCard]) -> None:
    card, gone = pair
    path, other = f"/customers/{customer_of(card)}/merge", customer_of(gone)
    merged_cards = [{"card_id": f"crd_{gone.id.hex}", "into_card_id": f"crd_{card.id.hex}", "stamps": 4}]

    answers = [api.post(path, {"other_customer_id": other}, key="merge-1") for _time in range(2)]
    again = api.post(path, {"other_customer_id": other})

    assert [one.status for one in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert answers[0].json["merged_cards"] == merged_cards
    assert (again.status, api.get(f"/customers/{other}").status) == (404, 404)
    assert api.post(f"/cards/crd_{gone.id.hex}/stamps").code == "card_void"
    assert api.get(f"/cards/crd_{card.id.hex}").json["stamps"] == 7

    undone = api.post(f"/merges/{answers[0].json['id']}/reversal")

    assert (undone.status, undone.json["undone_at"] is None) == (201, False)
    assert api.get(f"/customers/{other}").json["email"] == "cy@lume.example"
    assert api.post(f"/merges/{answers[0].json['id']}/reversal").code == "merge_already_undone"


def test_it_takes_scopes(lume: Shop, pair: tuple[HeldCard, HeldCard]) -> None:
    reader = ApiClient(lume.api_key(Scope.CUSTOMERS_READ))
    path, other = f"/customers/{customer_of(pair[0])}/merge", customer_of(pair[1])

    assert reader.post(path, {"other_customer_id": other}).status == 403
    assert reader.post("/merges/mrg_1/reversal").status == 403


def test_nobody_is_merged_with_themselves(api: ApiClient, pair: tuple[HeldCard, HeldCard]) -> None:
    own = customer_of(pair[0])

    refused = api.post(f"/customers/{own}/merge", {"other_customer_id": own})

    assert (refused.status, refused.code) == (409, "same_customer")
