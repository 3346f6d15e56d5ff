"""GET /locations, GET and PATCH /locations/{id}."""

from typing import Any

import pytest

from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.merchants.changing import add_location
from stampwell.merchants.closing_locations import close_location
from stampwell.merchants.founding import issue_api_key
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location, Merchant
from tests.web.api.client import ApiClient
from tests.world import Shop

CHRISTMAS = {"first_day": "2026-12-24", "last_day": "2026-12-26", "every_year": True, "name": "Christmas", "hours": []}
SHORT = {
    "first_day": "2026-12-31",
    "last_day": "2026-12-31",
    "every_year": False,
    "name": "",
    "hours": [["08:00", "14:00"]],
}


def path_of(shop: Shop) -> str:
    return f"/locations/{public_id('loc', shop.location.id)}"


def changed(shop: Shop) -> list[list[str]]:
    """What each change has changed."""
    rows = Event.objects.filter(merchant=shop.merchant, type="location.changed").order_by("at", "id")
    return [row.data["changed"] for row in rows]


def test_locations_are_listed_and_read_as_in_me(api: ApiClient, lume: Shop) -> None:
    add_location(lume.merchant, LocationDraft(name="Soho", time_zone="Europe/London"), actor=lume.actor)

    listed = api.get("/locations").json["locations"]

    assert listed == api.get("/me").json["locations"]
    assert [one["time_zone"] for one in listed] == ["Europe/Riga", "Europe/London"]
    assert api.get(path_of(lume)).json == listed[0]


def test_what_is_sent_is_changed_and_the_rest_stays(api: ApiClient, lume: Shop) -> None:
    before = api.get(path_of(lume)).json

    done = api.patch(path_of(lume), {"holidays": [SHORT, CHRISTMAS]})
    api.patch(path_of(lume), {"opening_hours": {"1": [["08:00", "18:00"]]}})
    last = api.patch(path_of(lume), {"name": " Old  Town ", "position": {"latitude": 56.9496, "longitude": 24.1052}})

    assert (done.status, done.json) == (200, before | {"holidays": [CHRISTMAS, SHORT]})
    assert last.json["name"] == "Old Town"
    assert last.json["opening_hours"] == {"1": [["08:00", "18:00"]]} | {str(day): [] for day in range(2, 8)}
    assert last.json["holidays"] == [CHRISTMAS, SHORT]
    assert last.json["position"] == {"latitude": 56.9496, "longitude": 24.1052}
    assert changed(lume) == [["holidays"], ["opening_hours"], ["name", "position"]]
    assert api.patch(path_of(lume), {"opening_hours": {}, "position": None}).json["position"] is None


def test_another_time_zone_of_a_location_is_known_to_the_shop(api: ApiClient, lume: Shop) -> None:
    api.patch(path_of(lume), {"time_zone": "Europe/London"})

    assert Merchant.objects.get(id=lume.merchant.id).location_zones == {str(lume.location.id): "Europe/London"}


def test_a_change_sent_twice_is_done_once(api: ApiClient, lume: Shop) -> None:
    first = api.patch(path_of(lume), {"name": "Old Town"}, key="hr-1")
    api.patch(path_of(lume), {"name": "Market"})

    again = api.patch(path_of(lume), {"name": "Old Town"}, key="hr-1")

    assert (again.status, again.body) == (first.status, first.body)
    assert Location.objects.get(id=lume.location.id).name == "Market"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone_unknown"),
        ({"time_zone": ""}, "time_zone_unknown"),
        ({"opening_hours": {"1": [["18:00", "18:00"]]}}, "hours_unclear"),
        ({"holidays": [CHRISTMAS | {"last_day": "2026-12-23"}]}, "holiday_unclear"),
        ({"holidays": [CHRISTMAS] * 61}, "too_many_holidays"),
        ({"opening_hours": {"8": []}}, "invalid_request"),
        ({"opening_hours": {"1": [["8", "18:00"]]}}, "invalid_request"),
        ({"holidays": [CHRISTMAS | {"first_day": "soon"}]}, "invalid_request"),
        ({"holidays": [CHRISTMAS | {"name": "x" * 61}]}, "invalid_request"),
        ({"position": {"latitude": 91, "longitude": 0}}, "invalid_request"),
        ({"name": " "}, "invalid_request"),
        ({"name": "x" * 101}, "invalid_request"),
        ({"name": None}, "invalid_request"),
        ({"closed_at": None}, "invalid_request"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    api: ApiClient, lume: Shop, asked: dict[str, Any], code: str
) -> None:
    before = api.get(path_of(lume)).json

    refused = api.patch(path_of(lume), {"address": "Kaļķu iela 1"} | asked)

    assert (refused.status, refused.code) == (422 if code != "invalid_request" else refused.status, code)
    assert refused.status in {400, 422}
    assert api.get(path_of(lume)).json == before


def test_a_location_that_was_given_up_is_not_changed(api: ApiClient, lume: Shop) -> None:
    soho = add_location(lume.merchant, LocationDraft(name="Soho", time_zone="Europe/London"), actor=lume.actor)
    close_location(lume.merchant, soho.id, moves={}, actor=lume.actor)

    refused = api.patch(f"/locations/{public_id('loc', soho.id)}", {"name": "Old Soho"})

    assert (refused.status, refused.code) == (409, "location_closed")


def test_changing_has_a_scope_of_its_own_and_a_bound_key_changes_its_place_alone(lume: Shop) -> None:
    soho = add_location(lume.merchant, LocationDraft(name="Soho", time_zone="Europe/London"), actor=lume.actor)
    reader = ApiClient(lume.api_key(Scope.PROGRAMS_READ))
    bound = ApiClient(issue_api_key(lume.merchant, name="HR", scopes=[Scope.LOCATIONS_WRITE], location=soho)[1])

    assert reader.get(path_of(lume)).status == 200
    assert (reader.patch(path_of(lume), {"name": "X"}).code, bound.patch(path_of(lume), {"name": "X"}).code) == (
        "scope_missing",
        "location_not_allowed",
    )
    assert bound.patch(f"/locations/{public_id('loc', soho.id)}", {"name": "X"}).status == 200


def test_a_rival_finds_no_location(api: ApiClient, rossi: Shop) -> None:
    for answer in (api.get(path_of(rossi)), api.patch(path_of(rossi), {"name": "X"})):
        assert (answer.status, answer.code) == (404, "not_found")
