"""What changes about a shop is written down with the change, and nothing else is."""

import pytest

from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.changing import add_location, change_location
from stampwell.merchants.describing import Position
from stampwell.merchants.hours import HoursUnclear
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.currency import change_merchant
from stampwell.refusal import NotFound
from tests.web.api.client import ApiClient
from tests.world import Shop

HERE = Position(56.9496, 24.1052)


def draft(**different: object) -> LocationDraft:
    parts: dict[str, object] = {"name": "Café Lume", "time_zone": "Europe/Riga"}
    return LocationDraft(**(parts | different))  # type: ignore[arg-type]


def written(shop: Shop) -> list[tuple[str, object]]:
    rows = Event.objects.filter(merchant=shop.merchant).order_by("at", "id")
    return [(row.type, row.data.get("changed")) for row in rows]


def test_a_new_location_is_an_event_that_shows_it(lume: Shop) -> None:
    added = add_location(lume.merchant, draft(name="Old Town", address="Kaļķu iela 1", position=HERE), actor=lume.actor)

    event = Event.objects.get(type="location.added")
    assert (event.merchant_id, event.card_id, event.location_id) == (lume.merchant.id, None, added.id)
    assert event.data == {
        "location": {
            "id": public_id("loc", added.id),
            "name": "Old Town",
            "address": "Kaļķu iela 1",
            "time_zone": "Europe/Riga",
            "opening_hours": {},
            "holidays": [],
            "position": {"latitude": 56.9496, "longitude": 24.1052},
            "closed_at": None,
        }
    }


def test_a_changed_location_says_what_is_not_as_it_was(lume: Shop) -> None:
    change_location(
        lume.merchant,
        lume.location.id,
        draft(position=HERE, opening_hours={"1": [["08:00", "18:00"]]}),
        actor=lume.actor,
    )
    change_location(lume.merchant, lume.location.id, draft(opening_hours={"1": [["08:00", "18:00"]]}), actor=lume.actor)

    assert written(lume) == [
        ("location.changed", ["opening_hours", "position"]),
        ("location.changed", ["position"]),
    ]
    lume.location.refresh_from_db()
    assert (lume.location.latitude, lume.location.longitude) == (None, None)


def test_a_location_with_hours_that_hold_no_minute_is_refused(lume: Shop) -> None:
    wrong = draft(opening_hours={"1": [["08:00", "18:00"]], "2": [["08:00", "08:00"]]})

    with pytest.raises(HoursUnclear):
        add_location(lume.merchant, wrong, actor=lume.actor)
    with pytest.raises(HoursUnclear):
        change_location(lume.merchant, lume.location.id, wrong, actor=lume.actor)

    assert written(lume) == []


def test_what_stays_the_same_is_no_event(lume: Shop) -> None:
    change_location(lume.merchant, lume.location.id, draft(), actor=lume.actor)
    change_merchant(lume.merchant, name="Café Lume", locale="en", currency="EUR", actor=lume.actor)

    assert written(lume) == []


def test_a_position_with_more_decimals_is_not_changed_by_being_shown(lume: Shop) -> None:
    Location.objects.filter(merchant=lume.merchant).update(latitude="56.949604", longitude="24.105199")

    change_location(lume.merchant, lume.location.id, draft(position=HERE), actor=lume.actor)

    assert written(lume) == []
    lume.location.refresh_from_db()
    assert str(lume.location.latitude) == "56.949604"


def test_a_renamed_shop_keeps_its_slug(lume: Shop) -> None:
    change_merchant(lume.merchant, name="Lume & Daughters", locale="lv", currency="EUR", actor=lume.actor)

    merchant = Merchant.objects.get(id=lume.merchant.id)
    assert (merchant.name, merchant.locale, merchant.slug) == ("Lume & Daughters", "lv", lume.merchant.slug)
    assert Event.objects.get().data == {
        "merchant": {
            "id": public_id("mer", merchant.id),
            "slug": merchant.slug,
            "name": "Lume & Daughters",
            "locale": "lv",
            "currency": "EUR",
            "time_zone": "Europe/Riga",
            "most_stamps_at_once": 10,
            "most_stamps_with_override": 5,
            "writes_to_customers": False,
            "closed_at": None,
        },
        "changed": ["name", "locale"],
    }


def test_a_rivals_location_is_not_found(lume: Shop, rossi: Shop) -> None:
    with pytest.raises(NotFound):
        change_location(lume.merchant, rossi.location.id, draft(name="Mine"), actor=lume.actor)

    rossi.location.refresh_from_db()
    assert rossi.location.name == "Rossi"
    assert written(rossi) == []


def test_programs_read_of_it_in_the_form_that_calls_show(lume: Shop) -> None:
    api = ApiClient(lume.api_key())
    change_merchant(lume.merchant, name="Lume & Daughters", locale="en", currency="EUR", actor=lume.actor)
    change_location(lume.merchant, lume.location.id, draft(name="Old Town"), actor=lume.actor)

    renamed, moved = api.get("/events").json["items"]
    me = api.get("/me").json
    assert (renamed["type"], moved["type"]) == ("merchant.changed", "location.changed")
    assert renamed["data"] == {"merchant": me["merchant"], "changed": ["name"]}
    assert renamed["location_id"] is None
    assert moved["data"]["location"] == me["locations"][0]
    assert moved["location_id"] == me["locations"][0]["id"]
