"""GET /events says who did what."""

from typing import Any, get_args

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.events.recording import EventType
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.web.api.schema import openapi
from tests.web.api.client import ApiClient
from tests.world import Shop

NOBODY = {"source": None, "staff_member_id": None, "station_id": None, "key_id": None, "name": None}
AT_ONCE = {"by": "visit", "cooldown_seconds": 0}


def actors(api: ApiClient, type: str) -> list[Any]:
    return [event["actor"] for event in api.get(f"/events?type={type}").json["items"]]


def test_an_event_names_the_person_and_the_device(api: ApiClient, lume: Shop) -> None:
    (station, _credential), bo = lume.scanner(), lume.hire("Bo")
    at_counter = Actor(source="scanner", station_id=station.id, staff_member_id=bo.id)
    add_stamp(lume.merchant, lume.publish().card().id, Purchase(), actor=at_counter)

    assert actors(api, "stamp.added") == [
        {
            "source": "scanner",
            "staff_member_id": public_id("stf", bo.id),
            "station_id": public_id("stn", station.id),
            "key_id": None,
            "name": "Bo",
        }
    ]


def test_an_event_names_the_key_of_a_program(api: ApiClient, lume: Shop) -> None:
    api.post(f"/cards/crd_{lume.publish().card().id.hex}/stamps")

    key = api.get("/me").json["key"]["id"]
    assert actors(api, "stamp.added") == [{**NOBODY, "source": "api", "key_id": key, "name": "Test"}]


def test_a_device_that_nobody_signed_in_at_is_named(api: ApiClient, lume: Shop) -> None:
    station, _credential = lume.scanner("Window phone")

    assert actors(api, "station.enrolled") == [
        {**NOBODY, "source": "scanner", "station_id": public_id("stn", station.id), "name": "Window phone"}
    ]


def test_what_a_customer_did_has_no_name(api: ApiClient, lume: Shop) -> None:
    lume.publish().card(name="Cy")

    assert actors(api, "card.issued") == [{**NOBODY, "source": "card"}]


def test_an_old_event_that_does_not_say_who_is_shown_without(api: ApiClient, lume: Shop) -> None:
    lume.publish().card()
    Event.objects.update(source=None)

    assert actors(api, "card.issued") == [None]


@pytest.mark.parametrize("query", ["nonsense.type", "stamp.add", "stamp.added,nonsense.type", "", "STAMP.ADDED"])
def test_a_misspelt_type_is_refused_with_those_that_there_are(api: ApiClient, query: str) -> None:
    reply = api.get(f"/events?type={query}")

    assert (reply.status, reply.code) == (422, "invalid_request")
    (error,) = reply.json["errors"]
    assert (error["pointer"], error["code"]) == ("?type", "unknown_event_type")
    assert [type for type in get_args(EventType) if type not in error["message"]] == []


def test_types_are_asked_for_with_commas_or_one_by_one(api: ApiClient, lume: Shop) -> None:
    api.post(f"/cards/crd_{lume.publish().card().id.hex}/stamps")

    both = api.get("/events?type=stamp.added,card.issued").json

    assert [event["type"] for event in both["items"]] == ["card.issued", "stamp.added"]
    assert api.get("/events?type=stamp.added&type=card.issued").json == both


def test_who_follows_along_always_has_the_next_question(api: ApiClient, lume: Shop) -> None:
    card = lume.publish().card()
    after = api.get("/events").json["next"]
    assert api.get(f"/events?after={after}").json == {"items": [], "next": after}

    api.post(f"/cards/crd_{card.id.hex}/stamps")

    (event,) = api.get(f"/events?after={after}").json["items"]
    assert event["type"] == "stamp.added"


def test_no_field_of_an_event_is_ever_missing(lume: Shop) -> None:
    """Not even for a key that may see no link and no code."""
    card = lume.publish().card()
    api = ApiClient(lume.api_key())
    voucher = api.post(f"/cards/crd_{card.id.hex}/stamps", {"count": 10}).json["vouchers_issued"][0]
    api.post(f"/vouchers/{voucher['id']}/redemption")
    api.post("/scans", {"code": "not a code"})

    for key in (api, ApiClient(lume.api_key(Scope.EVENTS_READ))):
        for event in key.get("/events").json["items"]:
            has_all_fields("Event", event)
            for name, value in event["data"].items():
                for shown in value if isinstance(value, list) else [value]:
                    if kind := OBJECTS.get(name):
                        has_all_fields(kind, shown)


OBJECTS = {"card": "Card", "voucher": "Voucher", "vouchers_issued": "Voucher", "stamp": "Stamp"}


def has_all_fields(kind: str, shown: dict[str, Any]) -> None:
    """Compared with the document, down to the objects within."""
    fields = openapi()["components"]["schemas"][kind]["properties"]
    assert list(shown) == list(fields)
    for name, field in fields.items():
        parts = [field, *field.get("anyOf", []), field.get("items", {})]
        within = [str(part["$ref"]).rsplit("/", 1)[-1] for part in parts if "$ref" in part]
        for value in shown[name] if isinstance(shown[name], list) else [shown[name]]:
            if within and value is not None:
                has_all_fields(within[0], value)
