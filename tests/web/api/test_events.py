"""GET /events says who did what."""

from typing import Any

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.events.actors import Actor
from stampwell.events.models import Event
from stampwell.ids import public_id
from tests.web.api.client import ApiClient
from tests.world import Shop

AT_ONCE = {"by": "visit", "cooldown_seconds": 0}


def actors(api: ApiClient, type: str) -> list[Any]:
    return [event.get("actor") for event in api.get(f"/events?type={type}").json["items"]]


def test_an_event_names_the_person_and_the_device(api: ApiClient, lume: Shop) -> None:
    (station, _credential), bo = lume.scanner(), lume.hire("Bo")
    at_counter = Actor(source="scanner", station_id=station.id, staff_member_id=bo.id)
    add_stamp(lume.merchant, lume.publish().card().id, Purchase(), actor=at_counter)

    assert actors(api, "stamp.added") == [
        {
            "source": "scanner",
            "staff_member_id": public_id("stf", bo.id),
            "station_id": public_id("stn", station.id),
            "name": "Bo",
        }
    ]


def test_an_event_names_the_key_of_a_program(api: ApiClient, lume: Shop) -> None:
    api.post(f"/cards/crd_{lume.publish().card().id.hex}/stamps")

    assert actors(api, "stamp.added") == [{"source": "api", "key_id": api.get("/me").json["key"]["id"], "name": "Test"}]


def test_a_device_that_nobody_signed_in_at_is_named(api: ApiClient, lume: Shop) -> None:
    station, _credential = lume.scanner("Window phone")

    assert actors(api, "station.enrolled") == [
        {"source": "scanner", "station_id": public_id("stn", station.id), "name": "Window phone"}
    ]


def test_what_a_customer_did_has_no_name(api: ApiClient, lume: Shop) -> None:
    lume.publish().card(name="Cy")

    assert actors(api, "card.issued") == [{"source": "card"}]


def test_an_old_event_that_does_not_say_who_is_shown_without(api: ApiClient, lume: Shop) -> None:
    lume.publish().card()
    Event.objects.update(source=None)

    assert actors(api, "card.issued") == [None]
