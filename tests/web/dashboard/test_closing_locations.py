"""The desk's pages that close a location and open it again."""

import pytest

from stampwell.ids import public_id
from stampwell.merchants.changing import add_location
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location, Station
from tests.web.dashboard.desk import DeskClient, words
from tests.world import Shop


@pytest.fixture
def branch(lume: Shop) -> Location:
    return add_location(lume.merchant, LocationDraft(name="Harbour", time_zone="Europe/Riga"), actor=lume.actor)


def closing(location: Location) -> str:
    return f"/settings/locations/{public_id('loc', location.id)}/closing/"


def test_each_device_is_asked_for_a_new_place(desk: DeskClient, lume: Shop, branch: Location) -> None:
    station, _credential = lume.scanner("Counter phone")
    field, harbour = public_id("stn", station.id), public_id("loc", branch.id)

    page = desk.open(closing(lume.location).removesuffix("closing/"))
    assert f'action="{closing(lume.location)}"' in page.content.decode(), "it is closed on its own page"
    assert "Counter phone" in words(page)
    assert "Counter phone" in words(desk.open(closing(lume.location)))
    assert "Choose where this device goes" in words(desk.send(closing(lume.location)))
    assert desk.send(closing(lume.location), **{field: harbour}).status_code == 302

    assert Station.objects.get(id=station.id).location_id == branch.id
    assert Location.objects.get(id=lume.location.id).closed


def test_the_only_other_place_is_proposed(desk: DeskClient, lume: Shop, branch: Location) -> None:
    lume.scanner("Counter phone")
    harbour = f'<option value="{public_id("loc", branch.id)}" selected>'
    assert harbour in desk.open(closing(lume.location)).content.decode()

    add_location(lume.merchant, LocationDraft(name="Market", time_zone="Europe/Riga"), actor=lume.actor)
    assert harbour not in desk.open(closing(lume.location)).content.decode(), "of two the owner chooses"


def test_a_closed_location_stands_apart_and_is_opened_again(desk: DeskClient, lume: Shop, branch: Location) -> None:
    page = f"/settings/locations/{public_id('loc', branch.id)}/"
    desk.send(closing(branch))

    settings = words(desk.open("/settings/"))
    assert settings.index("Closed locations") < settings.index("Harbour")
    assert "Harbour" not in words(desk.open("/team/devices/new/"))
    assert "Closed on" in words(desk.open(page))
    assert desk.send(page, name="Other", time_zone="Europe/Riga", opening="always").status_code == 409
    assert desk.open(closing(branch)).status_code == 302
    assert "Location closed: Harbour" in words(desk.open("/journal/"))

    desk.send(f"{page.removesuffix('/')}/opening/")

    assert "Closed locations" not in words(desk.open("/settings/"))
    assert "Location opened again: Harbour" in words(desk.open("/journal/"))


def test_the_only_location_is_not_closed(desk: DeskClient, lume: Shop) -> None:
    assert "Add another location first" in words(desk.open(closing(lume.location)))
    assert "This is the only location that is open." in words(desk.send(closing(lume.location)))

    assert not Location.objects.get(id=lume.location.id).closed
