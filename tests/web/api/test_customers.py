"""GET and PATCH /customers/{id}."""

from typing import Any

import pytest

from stampwell.customers.models import Customer
from stampwell.merchants.access import Scope
from tests.kept import made_once
from tests.web.api.client import ApiClient
from tests.world import HeldCard, Shop


@pytest.fixture
@made_once
def card(lume: Shop) -> HeldCard:
    return lume.publish().card(name="Cy", email="cy@lume.example", phone="+371 2000 1234")


@pytest.fixture
def path(card: HeldCard) -> str:
    return f"/customers/cus_{card.row.customer_id.hex}"


def test_a_customer_is_read_with_their_cards(api: ApiClient, card: HeldCard, path: str) -> None:
    assert api.get(path).json == {
        "id": path.split("/")[2],
        "name": "Cy",
        "email": "cy@lume.example",
        "phone": "+371 2000 1234",
        "birthday": None,
        "locale": "en",
        "wants_messages": False,
        "created_at": api.get(path).json["created_at"],
        "card_ids": [f"crd_{card.id.hex}"],
        "tags": [],
    }


def test_the_answer_to_a_change_names_the_fields_and_keeps_nothing_of_the_person(api: ApiClient, path: str) -> None:
    first, again = (api.patch(path, {"name": "Cyrus", "phone": None}, key="crm-1") for _time in range(2))

    assert (first.status, first.json) == (200, {"id": path.split("/")[2], "changed": ["name", "phone"]})
    assert (again.status, again.body) == (200, first.body)
    assert (api.get(path).json["name"], api.get(path).json["phone"]) == ("Cyrus", "")
    assert b"Cyrus" not in first.body


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_nothing_take_away_and_what_is_left_out_stays(api: ApiClient, path: str, nothing: Any) -> None:
    api.patch(path, {"birthday": "1990-04-30"})

    assert api.patch(path, {"email": nothing, "birthday": None}).json["changed"] == ["email", "birthday"]
    kept = api.get(path).json
    assert (kept["name"], kept["email"], kept["birthday"]) == ("Cy", "", None)


def test_tags_are_all_that_is_sent_and_stay_where_none_are(api: ApiClient, path: str) -> None:
    assert api.patch(path, {"tags": ["Regular", " no nuts ", "", "regular"]}).json["changed"] == ["tags"]
    assert api.get(path).json["tags"] == ["no nuts", "Regular"]
    assert api.patch(path, {"tags": ["NO NUTS", "regular"]}).json["changed"] == []
    assert api.patch(path, {"name": "Cyrus"}).json["changed"] == ["name"]
    assert api.get(path).json["tags"] == ["no nuts", "Regular"]
    assert api.patch(path, {"name": "Cy", "tags": []}).json["changed"] == ["name", "tags"]
    assert api.get(path).json["tags"] == []


@pytest.mark.parametrize(
    "tags", [["a,b"], ["a;b"], ["a\nb"], ["甲、乙"], ["x" * 41], [str(number) for number in range(9)]]
)
def test_tags_that_cannot_be_kept_are_refused_and_nothing_is_changed(
    api: ApiClient, path: str, tags: list[str]
) -> None:
    refused = api.patch(path, {"name": "Dan", "tags": tags})

    assert (refused.status, refused.code) == (422, "tags_unfit")
    assert (api.get(path).json["name"], api.get(path).json["tags"]) == ("Cy", [])


def test_nothing_sent_changes_nothing(api: ApiClient, path: str) -> None:
    assert api.patch(path, {}).json["changed"] == []


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"email": "cy@"}, "wrong_format", "/email"),
        ({"phone": "call me"}, "wrong_format", "/phone"),
        ({"birthday": "2999-01-01"}, "not_allowed", "/birthday"),
        ({"name": "x" * 101}, "too_long", "/name"),
        ({"locale": None}, None, "/locale"),
        ({"tags": [None]}, None, "/tags/0"),
        ({"tags": None}, None, "/tags"),
        ({"Name": "Cy"}, None, None),
    ],
)
def test_what_cannot_be_is_refused(
    api: ApiClient, path: str, body: dict[str, Any], code: str | None, pointer: str | None
) -> None:
    refused = api.patch(path, {"name": "Dan", **body})

    assert (refused.status, refused.code) == (422, "invalid_request")
    if pointer:
        assert refused.json["errors"][0]["pointer"] == pointer
    if code:
        assert refused.json["errors"][0]["code"] == code
    assert Customer.objects.get(name="Cy").email == "cy@lume.example"


def test_a_language_that_is_not_offered_is_refused(api: ApiClient, path: str) -> None:
    assert api.patch(path, {"locale": "tlh"}).code == "language_not_offered"
    assert api.patch(path, {"locale": "ja-JP"}).json["changed"] == ["locale"]


def test_reading_and_changing_have_scopes_of_their_own(lume: Shop, path: str) -> None:
    others = [scope for scope in Scope if not scope.startswith("customers:")]
    nobody, reader, writer = (
        ApiClient(lume.api_key(*scopes)) for scopes in (others, [Scope.CUSTOMERS_READ], [Scope.CUSTOMERS_WRITE])
    )

    assert [caller.get(path).status for caller in (nobody, reader, writer)] == [403, 200, 403]
    assert [caller.patch(path, {"name": "Dan"}).status for caller in (nobody, reader, writer)] == [403, 403, 200]
