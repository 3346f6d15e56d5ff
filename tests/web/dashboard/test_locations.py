"""Where the shop's locations are: whatever an owner has at hand is read, or it is said why not."""

import html
import re
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.insight.time_zone import change_time_zone
from stampwell.merchants.changing import add_location
from stampwell.merchants.describing import Position
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location
from stampwell.wallet.content import face_of
from stampwell.wallet.google.objects import loyalty_class
from stampwell.web.dashboard.shop.position import read_position, write_position
from tests.web.dashboard.desk import Answer, DeskClient, words
from tests.web.dashboard.test_opening_hours import day
from tests.world import Shop

HERE = Position(56.9496, 24.1052)
FIELDS = {"name": "Café Lume", "address": "", "time_zone": "Europe/Riga", "opening": "always"}


def path_of(shop: Shop) -> str:
    return f"/settings/locations/{public_id('loc', shop.location.id)}/"


def send(desk: DeskClient, shop: Shop, position: str, **different: str) -> Answer:
    return desk.send(path_of(shop), **FIELDS | {"position": position} | different)


def place_of(shop: Shop) -> tuple[object, object]:
    return Location.objects.values_list("latitude", "longitude").get(id=shop.location.id)


@pytest.mark.parametrize(
    "text",
    [
        "56.9496, 24.1052",
        "56.9496,24.1052",
        " 56.94960 24.10520 ",
        "56.9496; 24.1052",
        "56,9496; 24,1052",
        "56,9496 24,1052",
        "56,9496, 24,1052",
        "(56.9496, 24.1052)",
        "５６．９４９６、２４．１０５２",
        "\u200e56.9496,\u00a024.1052\u200e",
        "56°56′58.56″N 24°06′18.72″E",
        "56°56'58.56''N, 24°06'18.72''E",
        "geo:56.9496,24.1052",
        "geo:56.9496,24.1052,12;u=35",
        "geo:0,0?q=56.9496,24.1052(Caf%C3%A9)",
        "https://www.google.com/maps/@56.9496,24.1052,17z",
        "www.google.com/maps/@56.9496,24.1052,17z",
        "https://www.google.com/maps/place/Lume/@56.1,24.9,17z/data=!3m1!4b1!8m2!3d56.9496!4d24.1052",
        "https://www.google.com/maps/place/56%C2%B056'58.56%22N+24%C2%B006'18.72%22E/@56.1,24.2,17z",
        "https://www.google.com/maps/search/56.9496,+24.1052?entry=tts",
        "https://www.google.com/maps/search/?api=1&query=56.9496%2C24.1052",
        "https://maps.google.com/?q=loc:56.9496,24.1052",
        "https://www.openstreetmap.org/#map=17/56.9496/24.1052",
        "https://www.openstreetmap.org/?mlat=56.9496&mlon=24.1052#map=12/1.0/2.0",
    ],
)
def test_a_position_is_read_however_it_is_written(text: str) -> None:
    assert read_position(text) == HERE


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("-33.86, 151.21", -33.86, 151.21),
        ("33°30'0\"S 24°30'0\"W", -33.5, -24.5),
        ("−33.5 24.5", -33.5, 24.5),
        ("-90, 180", -90.0, 180.0),
        ("-0.000001, 0.5", 0.0, 0.5),
    ],
)
def test_south_and_west_are_kept(text: str, latitude: float, longitude: float) -> None:
    assert read_position(text) == Position(latitude, longitude)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Brīvības iela 1, Rīga", "position", "Enter it like this"),
        ("56.9496", "position", "Enter it like this"),
        ("56,9496", "position", "Enter it like this"),
        ("56,24", "position", "Enter it like this"),
        ("56.9, 24.1, 3", "position", "Enter it like this"),
        ("56°56'58\"E 24°0'0\"N", "position", "Enter it like this"),
        ("N56 N24", "position", "Enter it like this"),
        ("N 56 E", "position", "Enter it like this"),
        ("nan, inf", "position", "Enter it like this"),
        ("https://[::1", "position", "Open it, wait for the map"),
        ("https://yandex.kz/maps/?ll=24.1052%2C56.9496&z=17", "position", "or enter the two numbers"),
        ("https://2gis.uz/tashkent/geo/9430/24.1052%2C56.9496", "position", "or enter the two numbers"),
        ("https://maps.app.goo.gl/abc123", "position", "Open it, wait for the map"),
        ("https://www.google.com/maps/place/Lume", "position", "Open it, wait for the map"),
        ("geo:", "position", "Open it, wait for the map"),
        ("95.0, 24.1", "position_range", "There is no such place"),
        ("24.1, 200", "position_range", "There is no such place"),
        ("geo:91,0", "position_range", "There is no such place"),
        ("56°56'58\"N 199°0'0\"E", "position_range", "There is no such place"),
    ],
)
def test_what_is_no_position_is_refused_with_what_to_do(text: str, code: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_position(text)

    assert refused.value.code == code
    assert said in refused.value.messages[0]


def test_a_position_is_shown_with_five_decimals_and_no_empty_one() -> None:
    assert write_position(Position(56.9496, -24.1)) == "56.94960, -24.10000"
    assert write_position(None) == ""


def test_a_pasted_link_places_the_location(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume, "https://www.google.com/maps/@56.9496,24.1052,17z")

    assert answer.status_code == 302
    assert [str(degrees) for degrees in place_of(lume)] == ["56.949600", "24.105200"]
    page = desk.open(path_of(lume)).content.decode()
    assert 'value="56.94960, 24.10520"' in page
    assert "https://www.openstreetmap.org/?mlat=56.94960&amp;mlon=24.10520" in page


def test_saving_a_location_as_it_is_changes_nothing(desk: DeskClient, lume: Shop) -> None:
    send(desk, lume, "56.9496, 24.1052")
    Event.objects.all().delete()

    send(desk, lume, "56.94960, 24.10520")

    assert Event.objects.count() == 0


def test_an_emptied_field_takes_the_location_off_the_map(desk: DeskClient, lume: Shop) -> None:
    send(desk, lume, "56.9496, 24.1052")
    assert "Not on the map yet" not in words(desk.open("/settings/"))

    send(desk, lume, "")

    assert place_of(lume) == (None, None)
    assert "Not on the map yet" in words(desk.open("/settings/"))


def test_nothing_typed_is_lost_when_the_position_is_wrong(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume, "<by the river>", name="Café by the river", address="Krasta iela 1")

    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "This is not a position." in words(answer)
    assert 'value="<by the river>"' in page
    assert 'value="Café by the river"' in page
    assert 'value="Krasta iela 1"' in page
    assert place_of(lume) == (None, None)


def test_a_new_location_may_have_a_position_at_once(desk: DeskClient, lume: Shop) -> None:
    desk.send("/settings/locations/new/", **FIELDS | {"name": "Old Town", "position": "geo:56.9496,24.1052"})

    added = Location.objects.get(name="Old Town")
    assert (float(added.latitude or 0), float(added.longitude or 0)) == (56.9496, 24.1052)
    assert Event.objects.get(type="location.added").location_id == added.id


def test_a_new_location_sent_twice_is_one_location_and_one_event(desk: DeskClient, lume: Shop) -> None:
    for _time in range(2):
        desk.send("/settings/locations/new/", once="the same form", **FIELDS | {"name": "Old Town"})

    assert Location.objects.filter(name="Old Town").count() == 1
    assert Event.objects.filter(type="location.added").count() == 1


def test_only_the_page_of_a_location_may_ask_where_the_device_is(desk: DeskClient, lume: Shop) -> None:
    assert "geolocation=(self)" in desk.open(path_of(lume)).headers["Permissions-Policy"]
    assert "geolocation=(self)" in desk.open("/settings/locations/new/").headers["Permissions-Policy"]
    assert "geolocation=(self)" in send(desk, lume, "nowhere").headers["Permissions-Policy"]
    for other in ("/", "/settings/", "/cards/"):
        assert "geolocation=()" in desk.open(other).headers["Permissions-Policy"]


def test_with_more_than_ten_places_the_oldest_ten_stand_on_a_pass(lume: Shop) -> None:
    """Whatever is added later or changed among the others, a pass in a phone stays as it is."""
    version = lume.publish().program.current_version_id
    for number in range(12):
        draft = LocationDraft(name=f"No. {number}", time_zone="Europe/Riga", position=Position(float(number), 24.0))
        add_location(lume.merchant, draft, actor=lume.actor)

    before = places_on_a_pass(lume, version)
    Location.objects.filter(name="No. 11").update(longitude=25)

    assert before == places_on_a_pass(lume, version)
    assert before == [{"latitude": float(number), "longitude": 24.0} for number in range(10)]


def places_on_a_pass(shop: Shop, version: UUID) -> object:
    return loyalty_class("1", face_of(shop.merchant, version), logo_url="")["merchantLocations"]


def form_of(desk: DeskClient, shop: Shop) -> dict[str, str]:
    """What a browser sends of the form as it is shown now."""
    page = desk.open(path_of(shop)).content.decode()
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', page)
    zone = re.findall(r'<option value="([^"]+)" selected', page)[0]
    return {**FIELDS, "name": shop.location.name, "time_zone": zone, "position": "", "seen": seen}


def test_a_form_that_was_open_while_the_shops_time_zone_changed_does_not_bring_the_old_one_back(
    desk: DeskClient, lume: Shop
) -> None:
    opened = form_of(desk, lume)
    change_time_zone(lume.merchant, "Europe/London", actor=lume.actor)

    saved = desk.send(path_of(lume), **opened | {"name": "Old Town"})

    location = Location.objects.get(id=lume.location.id)
    assert saved.status_code == 302
    assert (location.name, location.time_zone) == ("Old Town", "Europe/London")
    assert Event.objects.filter(type="location.changed").latest("id").data["changed"] == ["name"]


def test_what_two_people_change_in_different_parts_of_a_location_is_both_kept(desk: DeskClient, lume: Shop) -> None:
    week = {"opening": "hours"} | day(1, ("09:00", "18:00"))
    first, second = form_of(desk, lume), form_of(desk, lume)

    desk.send(path_of(lume), **first | {"address": "Kaļķu iela 1"} | week)
    saved = desk.send(path_of(lume), **second | {"name": "Old Town"})

    location = Location.objects.get(id=lume.location.id)
    assert saved.status_code == 302
    assert (location.name, location.address, location.opening_hours) == (
        "Old Town",
        "Kaļķu iela 1",
        {"1": [["09:00", "18:00"]]} | {str(number): [] for number in range(2, 8)},
    )


def test_of_two_who_change_the_same_part_the_second_is_told_and_may_save_again(desk: DeskClient, lume: Shop) -> None:
    first, second = form_of(desk, lume), form_of(desk, lume)
    desk.send(path_of(lume), **first | {"name": "Old Town", "address": "Kaļķu iela 1"})

    refused = desk.send(path_of(lume), **second | {"name": "Market"})

    assert refused.status_code == 409
    assert "Somebody else has changed the same part of this location." in words(refused)
    assert 'value="Market"' in refused.content.decode()
    assert Location.objects.get(id=lume.location.id).name == "Old Town"
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', refused.content.decode())
    assert desk.send(path_of(lume), **second | {"name": "Market", "seen": seen}).status_code == 302
    location = Location.objects.get(id=lume.location.id)
    assert (location.name, location.address) == ("Market", "Kaļķu iela 1")


def test_what_both_change_to_the_same_is_no_quarrel(desk: DeskClient, lume: Shop) -> None:
    first, second = form_of(desk, lume), form_of(desk, lume)
    desk.send(path_of(lume), **first | {"name": "Old Town"})

    assert desk.send(path_of(lume), **second | {"name": "Old Town"}).status_code == 302


@pytest.mark.parametrize("seen", ["", "x", "-----", "a-b-c-d-e-f", "\0-1-2-3-4-5", "x" * 101])
def test_marks_that_are_none_break_nothing(desk: DeskClient, lume: Shop, seen: str) -> None:
    answer = desk.send(path_of(lume), **form_of(desk, lume) | {"name": "Old Town", "seen": seen})

    assert answer.status_code in {302, 409, 422}
