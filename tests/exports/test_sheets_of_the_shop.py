"""What else an owner sees, as a file: figures of customers, changes at the desk, programs, team, locations, devices."""

from datetime import UTC, datetime, timedelta

import pytest

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.clock import now, stopped_at
from stampwell.events.desk_changes import changed
from stampwell.exports.rows import Subject
from stampwell.ids import public_id
from stampwell.merchants.changing import change_messages
from stampwell.merchants.models import Location, StaffMember, Station
from stampwell.transactions import merchant_transaction
from tests.exports.working import cells_of, made, rows_of
from tests.following import follow_everything
from tests.web.customer import AT_ONCE
from tests.world import Shop

MORNING = datetime(2026, 3, 2, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.moment(MORNING)]


def test_figures_of_customers_stand_by_month_and_program(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    cards = [offer.card(), offer.card()]
    for moment in (MORNING, MORNING + timedelta(days=40), MORNING + timedelta(days=41)):
        with stopped_at(moment):
            add_stamp(lume.merchant, cards[0].id, Purchase(), actor=lume.actor)
    follow_everything()

    joined, later = rows_of(made(lume, "customers"))[-2:]

    assert (joined["Month"], later["Month"]) == ("2026-03-01", "2026-04-01")
    assert joined["Program"] == "Coffee card"
    told = ("Customers who came", "For the first time", "Came back", "New cards", "Second visit", "After 4 weeks")
    assert [joined[name] for name in told] == ["1", "1", "0", "2", "1", "1"]
    assert [later[name] for name in told] == ["1", "0", "1", "0", "0", "0"]


def test_changes_at_the_desk_have_a_row_for_each_field(lume: Shop, rossi: Shop) -> None:
    change_messages(rossi.merchant, writes_to_customers=True, actor=rossi.actor)
    with merchant_transaction(lume.merchant.id) as tx:
        old, new = {"name": "Old", "pause_seconds": 60}, {"name": "=New", "pause_seconds": 120}
        changed(tx, "device.changed", by=lume.actor, name="Till", subject_id=lume.ada.id, before=old, after=new)
        changed(tx, "pin.changed", by=lume.actor, name="Ada", subject_id=lume.ada.id)

    rows = [
        row for row in rows_of(made(lume, "changes")) if row["What was changed"].startswith(("The PIN", "What the"))
    ]
    pin, pause, name = sorted(rows, key=lambda row: row["Field"])

    assert (pin["What was changed"], pin["Field"]) == ("The PIN of Ada was changed.", "")
    assert pause["Person"] == lume.ada.name
    changed_fields = {row["Field"]: (row["Before"], row["After"]) for row in (name, pause)}
    assert changed_fields == {"Name": ("Old", "'=New"), "Minutes between two stamps on one card": ("60", "120")}


def test_programs_say_their_state_and_rewards(lume: Shop) -> None:
    offer = lume.publish(earning=AT_ONCE)
    offer.card()
    follow_everything()

    row = next(one for one in rows_of(made(lume, "programs")) if one["ID"] == public_id("prg", offer.program.id))

    assert (row["Program"], row["State"], row["Stamps on a full card"], row["Cards"]) == (
        "Coffee card",
        "Live",
        "10",
        "1",
    )
    assert "10: " in row["Rewards"]


def test_who_has_left_and_what_is_gone_stay_in_their_files(lume: Shop, rossi: Shop) -> None:
    StaffMember.objects.create(merchant=lume.merchant, name="Ben", role="cashier", left=now())
    Location.objects.filter(id=lume.location.id).update(closed=now(), opening_hours={"1": [["08:00", "18:00"]]})
    Station.objects.create(
        merchant=lume.merchant, kind="kiosk", name="Old tablet", location=lume.location, revoked=now(), release="0.0.9"
    )

    people = {row["Name"]: row for row in rows_of(made(lume, "team"))}
    (place,) = rows_of(made(lume, "locations"))
    devices = {row["Device"]: row for row in rows_of(made(lume, "devices"))}

    assert people["Ben"]["Left the team on"] == "2026-03-02 12:00:00"
    assert people[lume.ada.name]["Role"] == "Owner"
    assert place["Opening hours"] == "Monday 08:00–18:00"
    assert place["Closed for good on"] == "2026-03-02 12:00:00"
    assert (devices["Old tablet"]["Kind of device"], devices["Old tablet"]["Location"]) == ("Kiosk", place["Location"])
    assert devices["Old tablet"]["Version of the app"] == "0.0.9"
    assert not {row["ID"] for row in rows_of(made(rossi, "team"))} & {row["ID"] for row in people.values()}


@pytest.mark.parametrize(
    ("subject", "first", "second"),
    [
        ("customers", "月", "プログラム"),
        ("changes", "日時", "スタッフ"),
        ("programs", "プログラム", "状態"),
        ("team", "名前", "役割"),
        ("locations", "店舗", "住所"),
        ("devices", "端末", "端末の種類"),
    ],
)
def test_an_excel_file_in_another_language_has_its_headings(
    lume: Shop, subject: Subject, first: str, second: str
) -> None:
    lume.publish(earning=AT_ONCE)

    assert cells_of(made(lume, subject, "xlsx", locale="ja"))[:2] == [first, second]
