"""The journal: everything that happened, by day, and only what was asked for; nothing is left out or told twice."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from stampwell.cards.earning import Purchase
from stampwell.cards.models import Card, Stamp
from stampwell.cards.stamping import add_stamp
from stampwell.cards.undoing import undo_stamp
from stampwell.clock import stopped_at
from stampwell.counter.scanning import Recognised, note_refusal
from stampwell.events.actors import Actor
from stampwell.events.draining import put_in_order
from stampwell.events.models import Event
from stampwell.events.packing import read_packed
from stampwell.events.reader import follow
from stampwell.ids import public_id
from stampwell.insight.event_stretches import FOLLOWER
from stampwell.journal import reading
from stampwell.journal.wanted import GROUPS, LEFT_OUT, Wanted, group_of
from stampwell.merchants.enrolling import revoke_station
from stampwell.reactions import find_follower
from stampwell.vouchers.refusals import VoucherExpired, VoucherVoid
from stampwell.web.dashboard.journal.pages import read_journal
from tests.following import follow_everything
from tests.insight.test_daily_totals import MORNING, live
from tests.insight.test_event_stretches import move_apart
from tests.web.dashboard.desk import DeskClient, words
from tests.web.dashboard.test_cards import stamp
from tests.world import Offer, Shop

pytestmark = pytest.mark.moment(MORNING)
RIGA = ZoneInfo("Europe/Riga")


def all_pages(shop: Shop, wanted: Wanted) -> list[int]:
    """The numbers of the lines, page after page."""
    numbers: list[int] = []
    below: int | None = None
    for _page in range(1_000):
        journal = read_journal(shop.merchant, wanted, below=below)
        numbers += [entry.line.number or 0 for day in journal.days for entry in day.entries]
        below = journal.older
        if below is None:
            return numbers
    raise AssertionError("the pages never end")


def everything(shop: Shop) -> list[Event]:
    return [*Event.objects.filter(merchant=shop.merchant).order_by("-at", "-id")]


def by_hand(events: list[Event], wanted: Wanted) -> list[int]:
    """The same, by reading every event."""
    programs = dict(Card.objects.values_list("id", "program_id")) if wanted.program else {}
    return [
        event.sequence or 0
        for event in events
        if event.type not in LEFT_OUT
        and wanted.group in (None, group_of(event.type))
        and wanted.person in (None, event.staff_member_id)
        and wanted.device in (None, event.station_id)
        and wanted.location in (None, event.location_id)
        and wanted.program in (None, programs.get(event.card_id) if event.card_id else None)
        and wanted.weekday in (None, event.at.astimezone(RIGA).weekday())
        and wanted.hour in (None, event.at.astimezone(RIGA).hour)
        and (not wanted.reason or read_packed(bytes(event.packed)).get("reason") in wanted.reasons)
        and (wanted.since is None or event.at >= wanted.since)
        and (wanted.until is None or event.at < wanted.until)
    ]


def questions(shop: Shop) -> list[Wanted]:
    events = Event.objects.filter(merchant=shop.merchant)
    people = set(events.values_list("staff_member_id", flat=True)) - {None}
    devices = set(events.values_list("station_id", flat=True)) - {None}
    programs = set(Card.objects.filter(merchant=shop.merchant).values_list("program_id", flat=True))
    since, until = MORNING + timedelta(days=3), MORNING + timedelta(days=9)
    assert (len(people), len(devices), len(programs)) >= (2, 1, 2)
    return [
        Wanted(),
        *(Wanted(group=group) for group in GROUPS),
        *(Wanted(person=person) for person in people),
        *(Wanted(person=person, group="undone") for person in people),
        *(Wanted(device=device) for device in devices),
        *(Wanted(program=program, since=since) for program in programs),
        Wanted(location=shop.location.id, until=until),
        *(Wanted(weekday=day, zone="Europe/Riga", group="stamps") for day in (0, 3)),
        *(Wanted(hour=hour, zone="Europe/Riga") for hour in {event.at.astimezone(RIGA).hour for event in events}),
        *(Wanted(reason=reason) for reason in ("cooldown", "voucher_expired", "unknown_code")),
        Wanted(since=since, until=until),
        Wanted(since=since, until=until, group="stamps"),
        Wanted(since=MORNING + timedelta(days=4_000)),
        Wanted(person=uuid4()),
    ]


@pytest.mark.parametrize("apart", [1, 40, 600])
def test_every_filter_finds_exactly_what_fits_on_all_its_pages(lume: Shop, rossi: Shop, apart: int) -> None:
    live(lume, 1)
    live(rossi, 2)
    put_in_order(lume.merchant.id)
    move_apart(lume, by=apart)
    follow_everything()

    events = everything(lume)
    for wanted in questions(lume):
        assert all_pages(lume, wanted) == by_hand(events, wanted), wanted


def test_what_the_follower_has_not_read_is_found_all_the_same(lume: Shop) -> None:
    live(lume, 3)
    put_in_order(lume.merchant.id)
    move_apart(lume, by=600)
    follower = find_follower(FOLLOWER)
    assert follower is not None
    follow(lume.merchant.id, follower, batch=90)

    events = everything(lume)
    for wanted in questions(lume):
        assert all_pages(lume, wanted) == by_hand(events, wanted), wanted


def test_refusals_of_one_reason_are_told_apart_however_many_others_there_are(
    desk: DeskClient, lume: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_REFUSALS", 3)
    for refusal in (VoucherVoid(), *(VoucherExpired() for _time in range(7)), VoucherVoid()):
        note_refusal(lume.merchant, Recognised(), refusal, actor=lume.actor)
    put_in_order(lume.merchant.id)
    move_apart(lume, by=40)
    follow_everything()
    wanted = Wanted(group="refused", reason="voucher_void")

    assert all_pages(lume, wanted) == by_hand(everything(lume), wanted)
    assert len(by_hand(everything(lume), wanted)) == 2
    page = desk.open("/journal/?kind=refused&reason=voucher_void&hour=30&weekday=x").content.decode()
    assert 'name="reason" value="voucher_void"' in page
    assert f"<bdi>{VoucherVoid.title}</bdi>" in page


def test_a_line_says_who_where_on_which_device_and_whose_card(desk: DeskClient, lume: Shop) -> None:
    station, _credential = lume.scanner()
    bo = lume.hire("Bo")
    card = lume.publish().card(name="Cy")
    hand = Actor(source="scanner", location_id=lume.location.id, station_id=station.id, staff_member_id=bo.id)
    add_stamp(lume.merchant, card.id, Purchase(), actor=hand)
    follow_everything()

    page = words(desk.open("/journal/"))

    assert re.search(rf"1 stamp added\s+Cy\s+Bo\s+·\s+Counter phone\s+·\s+{lume.location.name}", page)


def test_days_are_headings_and_end_at_the_shops_midnight(desk: DeskClient, lume: Shop) -> None:
    with stopped_at(datetime(2026, 3, 3, 21, 59, tzinfo=UTC)):  # a minute to midnight in Riga
        card = lume.publish().card()
    with stopped_at(datetime(2026, 3, 3, 22, 0, tzinfo=UTC)):
        stamp(card, 1)
    follow_everything()

    def headings(at: datetime) -> list[str]:
        with stopped_at(at):
            return re.findall(r"<h2 id=\"day-\d+\">([^<]*)<", desk.open("/journal/").content.decode())[:2]

    fourth, third = "Wednesday, 4 March 2026", "Tuesday, 3 March 2026"
    assert headings(datetime(2026, 3, 4, 21, 59, tzinfo=UTC)) == [f"Today · {fourth}", f"Yesterday · {third}"]
    assert headings(datetime(2026, 3, 4, 22, 0, tzinfo=UTC)) == [f"Yesterday · {fourth}", third]


def test_what_happened_this_moment_stands_there_before_it_has_a_number(desk: DeskClient, offer: Offer) -> None:
    card = offer.card(name="Cy")
    stamp(card, 1)

    for path in ("/journal/", "/journal/?kind=stamps", "/journal/?period=today"):
        assert "1 stamp added" in words(desk.open(path))
    assert "1 stamp added" not in words(desk.open("/journal/?kind=refused"))


def test_people_and_devices_that_are_gone_are_still_named_and_can_be_asked_for(desk: DeskClient, lume: Shop) -> None:
    station, _credential = lume.scanner("Old phone")
    bo = lume.hire("Bo")
    hand = Actor(source="scanner", location_id=lume.location.id, station_id=station.id, staff_member_id=bo.id)
    add_stamp(lume.merchant, lume.publish().card().id, Purchase(), actor=hand)
    revoke_station(lume.merchant, station.id, actor=lume.actor)
    desk.send(f"/team/people/{public_id('stf', bo.id)}/leave/")
    bo.refresh_from_db()
    assert bo.left
    follow_everything()

    for wanted in (f"person={public_id('stf', bo.id)}", f"device={public_id('dev', station.id)}"):
        page = desk.open(f"/journal/?{wanted}")
        assert "1 stamp added Card" in words(page)
        assert "Bo · Old phone" in words(page)
        assert "selected>" in page.content.decode()


def test_undone_shows_what_was_taken_back_with_its_reason(desk: DeskClient, offer: Offer, lume: Shop) -> None:
    stamp(offer.card(), 1)
    undo_stamp(lume.merchant, Stamp.objects.get().id, reason="Wrong card", actor=lume.actor)
    follow_everything()

    undone = words(desk.open("/journal/?kind=undone"))

    assert "1 stamp undone" in undone
    assert "Wrong card" in undone
    assert "1 stamp added" not in undone


@pytest.mark.parametrize(
    "period",
    ["from=2026-03-05&to=2026-03-01", "from=abc", "period=days&to=2026-02-31", "from=0001-01-01", "to=9999-12-31"],
)
def test_days_that_are_none_get_a_sentence(desk: DeskClient, lume: Shop, period: str) -> None:
    response = desk.open(f"/journal/?{period}")

    assert response.status_code == 400
    assert "Enter two days, the earlier one first." in words(response)


def test_a_period_of_two_hundred_years_is_one(desk: DeskClient, offer: Offer) -> None:
    stamp(offer.card(), 1)
    follow_everything()

    assert "1 stamp added" in words(desk.open("/journal/?from=2000-01-01&to=2199-12-31"))


@pytest.mark.parametrize(
    "asked",
    ["kind=x&person=1&device=stf_&location=%00&program=prg_zz", "before=0", "before=-1", "before=1e9", "before=²"],
)
def test_what_is_not_known_is_not_asked_for(desk: DeskClient, offer: Offer, asked: str) -> None:
    stamp(offer.card(), 1)
    follow_everything()

    response = desk.open(f"/journal/?{asked}")

    assert response.status_code == 200
    assert "1 stamp added" in words(response)


def test_a_rival_finds_nothing_of_another_shop(lume: Shop, rossi: Shop) -> None:
    live(lume, 5)
    follow_everything()
    bo = Event.objects.filter(merchant=lume.merchant, type="stamp.added").exclude(staff_member_id=None).first()
    assert bo is not None
    assert bo.staff_member_id is not None
    rival = DeskClient(rossi.owner)

    page = words(rival.open(f"/journal/?person={public_id('stf', bo.staff_member_id)}"))

    assert "Nothing that fits has happened." in page
    assert "Bo" not in page


def test_as_many_questions_for_many_lines_as_for_few(
    desk: DeskClient, lume: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    live(lume, 6)
    follow_everything()
    for asked in ("", "kind=stamps", "kind=undone&period=month"):
        with django_assert_max_num_queries(40) as many:
            desk.open(f"/journal/?{asked}")
        with django_assert_max_num_queries(40) as few:
            desk.open(f"/journal/?{asked}&before=6")
        assert abs(len(many) - len(few)) <= 2
