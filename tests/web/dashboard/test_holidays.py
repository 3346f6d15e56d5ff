"""The holidays of a location, as the owner says them."""

from datetime import date

from stampwell.ids import public_id
from stampwell.merchants.changing import add_location
from stampwell.merchants.holidays import Holiday, read_holidays
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.models import Location
from tests.web.dashboard.desk import Answer, DeskClient, words
from tests.world import Shop

CHRISTMAS = Holiday(first_day=date(2026, 12, 24), last_day=date(2026, 12, 26), every_year=True, name="Christmas")
FIELDS = {"name": "Café Lume", "time_zone": "Europe/Riga", "opening": "always"}


def row(number: int, first: str, last: str = "", hours: str = "", **more: str) -> dict[str, str]:
    sent = {"first_day": first, "last_day": last, "hours": hours} | more
    return {f"holiday_{number}-{name}": value for name, value in sent.items()}


def send(desk: DeskClient, shop: Shop, *rows: dict[str, str], **more: str) -> Answer:
    fields = FIELDS | {"holidays-rows": str(len(rows))} | more
    for fields_of_row in rows:
        fields |= fields_of_row
    return desk.send(f"/settings/locations/{public_id('loc', shop.location.id)}/", **fields)


def kept(shop: Shop) -> list[Holiday]:
    return read_holidays(Location.objects.get(id=shop.location.id).holidays)


def test_holidays_are_kept_and_told_in_the_list_of_changes(desk: DeskClient, lume: Shop) -> None:
    eve = row(1, "2026-12-31", hours="10-14, 15:00-16:30")
    answer = send(desk, lume, row(0, "2026-12-24", "2026-12-26", name="Christmas", every_year="on"), eve)

    assert answer.status_code == 302
    hours = [["10:00", "14:00"], ["15:00", "16:30"]]
    day = date(2026, 12, 31)
    assert kept(lume) == [CHRISTMAS, Holiday(first_day=day, last_day=day, hours=hours)]
    told = words(desk.open("/settings/changes/"))
    assert "Christmas, 24 December 2026–26 December 2026, Every year, Closed" in told
    assert "31 December 2026, 10:00–14:00, 15:00–16:30" in told


def test_what_is_kept_stands_in_the_form_and_saved_again_it_is_the_same(desk: DeskClient, lume: Shop) -> None:
    send(desk, lume, row(0, "2026-12-24", "2026-12-26", name="Christmas", every_year="on"))

    page = desk.open(f"/settings/locations/{public_id('loc', lume.location.id)}/").content.decode()

    assert 'name="holiday_0-first_day" value="2026-12-24"' in page
    assert 'name="holiday_0-last_day" value="2026-12-26"' in page
    assert "in place of theirs" not in page  # there is no other location


def test_mistakes_stand_beside_their_field_and_nothing_is_kept(desk: DeskClient, lume: Shop) -> None:
    answer = send(
        desk,
        lume,
        row(0, "2026-12-26", "2026-12-24"),
        row(1, ""),
        row(2, "2026-12-31", hours="soon"),
        row(3, "9999-99-99"),
    )

    assert answer.status_code == 422
    said = words(answer)
    assert "The last day of a holiday comes before its first day" in said
    assert "These hours cannot be read: soon." in said
    assert 'value="soon"' in answer.content.decode()
    assert kept(lume) == []


def test_rows_are_added_and_removed_before_anything_is_kept(desk: DeskClient, lume: Shop) -> None:
    added = send(desk, lume, row(0, "someday", name="Līgo"), act="add-holiday").content.decode()
    removed = send(desk, lume, row(0, "2026-06-23", name="Līgo"), row(1, "2026-11-18"), act="remove-holiday-0")

    assert 'name="holidays-rows" value="2"' in added
    assert 'value="someday"' in added
    assert 'name="holidays-rows" value="1"' in removed.content.decode()
    assert 'name="holiday_0-first_day" value="2026-11-18"' in removed.content.decode()
    assert kept(lume) == []
    for odd in ("add-holiday-7", "remove-holiday", "remove-holiday-99"):
        assert send(desk, lume, row(0, "2026-06-23"), act=odd).status_code == 200
    assert send(desk, lume, **{"holidays-rows": "-1"}).status_code == 302


def test_all_locations_get_the_holidays_with_one_tick(desk: DeskClient, lume: Shop) -> None:
    annex = add_location(lume.merchant, LocationDraft(name="Annex", time_zone="Europe/Riga"), actor=lume.actor)
    page = desk.open(f"/settings/locations/{public_id('loc', lume.location.id)}/")

    send(desk, lume, row(0, "2026-12-24", "2026-12-26", name="Christmas", every_year="on"), holidays_everywhere="on")

    assert "in place of theirs" in words(page)
    assert read_holidays(Location.objects.get(id=annex.id).holidays) == [CHRISTMAS]
