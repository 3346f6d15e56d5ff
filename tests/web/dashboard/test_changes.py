"""Who changed what at the desk: written with the change itself, read by owners."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.clock import now, stopped_at
from stampwell.events.models import DeskChange
from stampwell.ids import public_id
from stampwell.journal.change_sentences import FIELDS
from stampwell.merchants.changing import add_location
from stampwell.merchants.closing import close_shop
from stampwell.merchants.enrolling import invite_station
from stampwell.merchants.location_drafts import LocationDraft
from stampwell.merchants.locations import find_location
from stampwell.merchants.models import KIOSK_PAUSE, Location, StaffMember
from stampwell.merchants.station_rules import StationRules, change_station_rules
from stampwell.programs.pausing import pause_program
from stampwell.transactions import merchant_transaction
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import BISCUIT, Shop

LIMITS = {"most_stamps_at_once": "20", "most_stamps_with_override": "5"}


def kinds(shop: Shop) -> list[str]:
    return list(DeskChange.objects.filter(merchant=shop.merchant).order_by("id").values_list("kind", flat=True))


def test_each_change_at_the_desk_is_noted(desk: DeskClient, lume: Shop) -> None:
    desk.send("/team/people/new/", name="Bo", pin="1357")
    bo = f"/team/people/{public_id('stf', StaffMember.objects.get(name='Bo').id)}/"
    desk.send(f"{bo}change/", name="Bob", role="cashier")
    desk.send(f"{bo}pin/", pin="2468")
    desk.send(f"{bo}unlock/")
    desk.send(f"{bo}leave/")
    desk.send("/team/invitations/new/", name="Eve", email="eve@lume.example", role="manager", locale="en")
    place = public_id("loc", lume.location.id)
    desk.send("/team/devices/new/", name="Phone", location=place)
    desk.send("/settings/keys/new/", name="Till", scopes=["cards:read"])
    desk.send("/settings/locations/new/", name="Pier", time_zone="Europe/Riga", opening="always")
    desk.send(f"/settings/locations/{place}/", name="Centre", time_zone="Europe/Riga", opening="always")
    desk.send("/settings/staff-limits/", **LIMITS)
    desk.publish()
    program = public_id("prg", DeskChange.objects.get(kind="program.published").subject_id or lume.location.id)
    desk.publish(f"/programs/{program}/edit/", goal="8")

    assert kinds(lume) == [
        "person.added",
        "person.changed",
        "pin.changed",
        "pin.unlocked",
        "person.left",
        "invitation.sent",
        "device.invited",
        "key.made",
        "location.added",
        "location.changed",
        "shop.changed",
        "program.published",
        "program.changed",
    ]
    text = words(desk.open("/settings/changes/"))
    assert "The location “Café Lume” was changed. Name Café Lume Centre ada" in text
    assert "Maximum stamps at once 10 20" in text
    assert "Number of stamps 10 8" in text
    assert "1357" not in text


def test_before_and_after_hold_what_differs_and_no_secret(desk: DeskClient, lume: Shop) -> None:
    made = words(desk.send("/settings/keys/new/", name="Till", scopes=["cards:read"]))
    desk.send("/settings/staff-limits/", **LIMITS)

    key, limits = DeskChange.objects.order_by("id")
    assert (key.before, key.after) == ({}, {"scopes": ["cards:read"], "location": ""})
    assert (limits.before, limits.after) == ({"most_stamps_at_once": 10}, {"most_stamps_at_once": 20})
    secret = next(word for word in made.split() if word.startswith("sk_"))
    assert secret not in str(list(DeskChange.objects.values()))


def test_what_stays_as_it_was_is_no_change(desk: DeskClient, lume: Shop) -> None:
    found = find_location(lume.merchant.id, lume.location.id)
    bo = lume.hire("Bo")

    path = f"/settings/locations/{public_id('loc', found.id)}/"
    desk.send(path, name=found.name, time_zone=found.time_zone, opening="always")
    desk.send(f"/team/people/{public_id('stf', bo.id)}/change/", name="Bo", role="cashier")

    assert kinds(lume) == []


def test_a_change_that_was_refused_is_not_noted(desk: DeskClient, lume: Shop) -> None:
    ada = public_id("stf", lume.ada.id)

    desk.send(f"/team/people/{ada}/leave/")
    desk.send(f"/team/people/{ada}/change/", name="Ada", role="cashier")
    close_shop(lume.merchant.id)
    desk.send("/settings/staff-limits/", **LIMITS)

    assert kinds(lume) == []


def test_it_is_written_together_with_the_change_or_not_at_all(lume: Shop) -> None:
    draft = LocationDraft(name="Pier", time_zone="Europe/Riga")

    with suppress(ConnectionError), merchant_transaction(lume.merchant.id):
        add_location(lume.merchant, draft, actor=lume.actor)
        assert kinds(lume) == ["location.added"]
        raise ConnectionError

    assert kinds(lume) == []
    assert not Location.objects.filter(name="Pier").exists()


def test_closing_a_location_and_opening_it_again_is_noted_once(desk: DeskClient, lume: Shop) -> None:
    desk.send("/settings/locations/new/", name="Pier", time_zone="Europe/Riga", opening="always")
    pier = public_id("loc", Location.objects.get(name="Pier").id)

    for step in ("closing", "closing", "opening", "opening"):
        desk.send(f"/settings/locations/{pier}/{step}/")

    assert kinds(lume) == ["location.added", "location.closed", "location.opened"]
    text = words(desk.open("/settings/changes/?kind=locations"))
    assert "The location “Pier” was closed for good. ada" in text
    assert "The location “Pier” was opened again. ada" in text


def test_the_list_is_narrowed_by_person_kind_and_days_and_keeps_who_left(desk: DeskClient, lume: Shop) -> None:
    bo = sign_up_staff(lume, StaffMember.Role.MANAGER)
    member = StaffMember.objects.get(name="Bo")
    bo.send("/settings/locations/new/", name="Pier", time_zone="Europe/Riga", opening="always")
    StaffMember.objects.filter(id=member.id).update(left=now())
    with stopped_at(now() + timedelta(days=2)):
        desk.send("/settings/staff-limits/", **LIMITS)
    day = now().date()
    sentences = {"pier": "The location “Pier” was added.", "limits": "were changed."}

    def found(query: str) -> list[str]:
        text = words(desk.open(f"/settings/changes/?{query}"))
        return [name for name, sentence in sentences.items() if sentence in text]

    assert found("") == ["pier", "limits"]
    assert found(f"person={public_id('stf', member.id)}") == ["pier"]
    assert found("kind=shop") == ["limits"]
    assert found(f"last={day}") == ["pier"]
    assert found(f"first={day + timedelta(days=1)}") == ["limits"]


@pytest.mark.parametrize("query", ["first=1800-01-01", "last=x", "person=stf_x", "kind=money", "first=9999-99-99"])
def test_a_filter_that_is_none_gets_a_sentence(desk: DeskClient, query: str) -> None:
    answer = desk.open(f"/settings/changes/?{query}")

    assert answer.status_code == 400
    assert 'class="error"' in answer.content.decode()


def test_a_long_list_has_pages_and_costs_what_a_short_one_costs(desk: DeskClient, lume: Shop) -> None:
    desk.open("/settings/changes/")
    with CaptureQueriesContext(connection) as short:
        desk.open("/settings/changes/")
    for number in range(60):
        DeskChange.objects.create(
            merchant=lume.merchant, kind="device.revoked", staff_member_id=lume.ada.id, name=f"Phone {number}"
        )

    with CaptureQueriesContext(connection) as long:
        first = desk.open("/settings/changes/").content.decode()
    older = first.split("before=")[1].split('"')[0]
    second = words(desk.open(f"/settings/changes/?before={older}"))

    assert len(long) == len(short)
    assert "“Phone 59”" in first
    assert "“Phone 9”" not in first
    assert all(f"“Phone {number}”" in second for number in range(10))
    assert "“Phone 10”" not in second


def test_who_asked_for_a_file_is_told(desk: DeskClient, lume: Shop) -> None:
    desk.send("/exports/new/", subject="cards", format="csv")

    said = words(desk.open("/settings/changes/?kind=exports"))

    assert kinds(lume) == ["export.asked"]
    assert "A file of the shop’s data was requested." in said
    assert "Cards and customers" in said
    assert "CSV, for other spreadsheets" in said


def test_a_program_is_named_in_the_language_of_who_reads(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish(name={"en": "Coffee card", "lv": "Kafijas karte"})
    pause_program(lume.merchant, offer.program.id, stamping=False, actor=lume.actor)

    page = desk.client.get("/settings/changes/", headers={"accept-language": "lv"})

    assert words(page).count("“Kafijas karte”") == 2
    assert "“Coffee card”" not in words(page)


def test_what_was_made_has_no_before_and_no_empty_fields(desk: DeskClient, lume: Shop) -> None:
    add_location(lume.merchant, LocationDraft(name="Harbour", time_zone="Europe/Riga"), actor=lume.actor)

    page = desk.open("/settings/changes/").content.decode()

    assert "<ins><bdi>Always open</bdi></ins>" in page
    assert "<del>" not in page
    assert "Address" not in page


def test_what_a_device_may_do_alone_is_told_before_and_after(desk: DeskClient, lume: Shop) -> None:
    kiosk, _code = invite_station(lume.merchant, lume.location, kind="kiosk", name="Window")
    rules = StationRules(pause_seconds=1800, most_a_day=3, shows_code=True)
    change_station_rules(lume.merchant, kiosk.id, rules, actor=lume.actor)

    page = words(desk.open("/settings/changes/"))

    assert f"Minutes between two stamps on one card {KIOSK_PAUSE // 60} 30" in page
    assert "Most stamps a day on one card No limit 3" in page
    assert "The code on the screen also gives stamps No Yes" in page
    assert "A scanned voucher is used at once" not in page


def test_each_rule_of_a_device_has_its_word() -> None:
    assert set(StationRules.__struct_fields__) <= set(FIELDS)


def test_the_terms_of_a_program_are_told_before_and_after(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish(earning={"by": "visit", "minimum_spend": 250, "daily_cap": 3})
    by_code = {"kind": "static", "code": "FREECOFFEE", "format": "qr"}
    on_mondays = {"name": "A free coffee", "path": "redeem_code", "redeem_code": by_code, "weekdays": [1]}
    terms = {"by": "visit", "minimum_spend": 500, "daily_cap": 1, "welcome_stamps": 2}
    lume.publish(offer.program, earning=terms, milestones=[BISCUIT, {"stamps": 10, "reward": on_mondays}])

    page = words(desk.open("/settings/changes/?kind=programs"))

    assert "Version 1 2 Smallest purchase that counts €2.50 €5.00" in page
    assert "Maximum stamps per day 3 stamps 1 stamp" in page
    assert "Days and hours · A free coffee At any time Mon" in page
    assert "Stamps on a new card 0 2" in page


def test_terms_of_many_changes_cost_what_those_of_one_cost(desk: DeskClient, lume: Shop) -> None:
    offer = lume.publish()
    lume.publish(offer.program, earning={"by": "visit", "daily_cap": 1})
    desk.open("/settings/changes/")
    with CaptureQueriesContext(connection) as one:
        desk.open("/settings/changes/")
    for cap in (2, 3, 4):
        lume.publish(offer.program, earning={"by": "visit", "daily_cap": cap})
    desk.open("/settings/changes/")

    with CaptureQueriesContext(connection) as many:
        page = words(desk.open("/settings/changes/"))

    assert page.count("Maximum stamps per day") == 4
    assert len(many) == len(one)
