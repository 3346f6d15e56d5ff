"""What looks odd, as owners and managers read it. docs/rules/oddities.md"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stampwell.events.models import DeskChange
from stampwell.ids import public_id
from stampwell.insight.models import HandOnCard, HandTotal, SeenOddity
from stampwell.insight.odd_months import months_later
from stampwell.merchants.models import StaffMember
from tests.moments import RIGA, START
from tests.protection.odd_team import odd_team, worked
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import Shop

PAGE = "/team/oddities/"
MONTH = START.astimezone(RIGA).date().replace(day=1)
PAUSE = "Before the pause was over"


def team_of(shop: Shop, *, month: date = MONTH, overrides: int = 3) -> StaffMember:
    return odd_team(shop, month=month, overrides=overrides)


def say_fine(desk: DeskClient, person: StaffMember, reason: str = "overrides", *, month: date = MONTH) -> int:
    path = f"{PAGE}{public_id('stf', person.id)}/seen/"
    return desk.send(path, reason=reason, month=f"{month:%Y-%m}").status_code


def told(desk: DeskClient, month: date = MONTH) -> str:
    """What is told above what was looked at."""
    return words(desk.open(f"{PAGE}?month={month:%Y-%m}")).partition("Looked at, and fine")[0]


def noted() -> int:
    return DeskChange.objects.filter(kind="oddity.seen").count()


@pytest.fixture
def ada(lume: Shop) -> DeskClient:
    return DeskClient(lume.owner)


def test_what_is_odd_is_told_with_its_figures_and_those_of_the_others(lume: Shop, ada: DeskClient) -> None:
    bo = team_of(lume)

    page = ada.open(PAGE)

    assert "Stamped 60 times before the pause between two stamps was over." in words(page)
    assert "That is 15% of all times. Usual for the others: 0.3%." in words(page)
    last = months_later(MONTH, 1) - timedelta(days=1)
    query = f"kind=stamps&amp;person={public_id('stf', bo.id)}&amp;from={MONTH}&amp;to={last}"
    assert f"/journal/?{query}" in page.content.decode()
    assert "Bo" in told(ada)
    assert "Ci" not in words(page).partition("What everyone did")[0]


def test_what_everyone_did_is_told_with_the_stamps_and_what_was_undone(lume: Shop, ada: DeskClient) -> None:
    worked(lume, lume.hire("Bo"), month=MONTH, stamps=33, undone=1)

    everyone = words(ada.open(PAGE)).partition("What everyone did")[2]

    assert "Days worked Times stamped Stamps Rewards handed out Undone Bo 20 400 660 40 20" in everyone


def test_a_card_that_one_person_stamps_again_and_again_is_named(lume: Shop, ada: DeskClient) -> None:
    bo, card = lume.hire("Bo"), lume.publish().card(name="Cy")
    worked(lume, bo, month=MONTH)
    HandOnCard.objects.create(
        merchant=lume.merchant, month=MONTH, staff_member_id=bo.id, card_id=card.id, times=48, days=2**20 - 1
    )

    assert "Stamped one and the same card 48 times. On average 2.4 times a day." in told(ada)
    assert f'<a href="/cards/{public_id("crd", card.id)}/"><bdi>Cy</bdi></a>' in ada.open(PAGE).content.decode()


def test_where_nothing_is_odd_the_page_says_so(lume: Shop, ada: DeskClient) -> None:
    team_of(lume, overrides=0)

    assert "Nothing looks odd" in told(ada)


def test_each_month_stands_alone_and_what_is_none_is_the_present_one(lume: Shop, ada: DeskClient) -> None:
    before = months_later(MONTH, -1)
    team_of(lume, month=before)

    assert PAUSE not in told(ada)
    assert PAUSE in told(ada, before)
    for none in ("2026-13", "9999-12", "0001-01", "x", "2026-01-01", "\0", "２０２６-01"):
        page = ada.client.get(PAGE, {"month": none})
        assert page.status_code == 200
        assert "Nothing looks odd" in words(page)


def test_what_is_fine_stays_quiet_until_it_grows(lume: Shop, ada: DeskClient) -> None:
    bo = team_of(lume)

    assert say_fine(ada, bo) == 302

    assert PAUSE not in told(ada)
    assert PAUSE in words(ada.open(PAGE)).partition("Looked at, and fine")[2]
    HandTotal.objects.filter(staff_member_id=bo.id).update(overrides=4)
    assert PAUSE not in told(ada)
    HandTotal.objects.filter(staff_member_id=bo.id).update(overrides=5)
    assert PAUSE in told(ada)
    say_fine(ada, bo)
    assert PAUSE not in told(ada)
    assert noted() == 2


def test_what_was_found_fine_is_about_one_person_and_one_reason(lume: Shop, ada: DeskClient) -> None:
    bo = team_of(lume)
    HandTotal.objects.filter(staff_member_id=bo.id).update(several=6)

    say_fine(ada, bo)

    assert PAUSE not in told(ada)
    assert "Several stamps at once" in told(ada)


def test_said_twice_it_is_noted_once_and_an_earlier_month_takes_nothing_back(lume: Shop, ada: DeskClient) -> None:
    bo, before = team_of(lume, overrides=4), months_later(MONTH, -1)
    worked(lume, bo, month=before, overrides=2)
    for other in StaffMember.objects.filter(merchant=lume.merchant, name__in=["Ci", "Di", "Ed"]):
        worked(lume, other, month=before)

    for month in (MONTH, MONTH, before):
        say_fine(ada, bo, month=month)

    row = SeenOddity.objects.get()
    assert (row.staff_member_id, row.reason, row.found, row.out_of, row.seen_by) == (
        bo.id,
        "overrides",
        80,
        400,
        lume.ada.id,
    )
    assert noted() == 1


def test_the_change_is_told_with_its_reason_to_owners(lume: Shop, ada: DeskClient) -> None:
    say_fine(ada, team_of(lume))

    page = words(ada.open("/settings/changes/?kind=team"))

    assert "What looked odd about Bo was reviewed and is fine." in page
    assert f"Reason {PAUSE}" in page


def test_what_is_not_odd_cannot_be_found_fine(lume: Shop, ada: DeskClient) -> None:
    bo = team_of(lume)

    for reason in ("several", "own_card", "", "\0", "x" * 10_000):
        assert say_fine(ada, bo, reason) == 302

    assert not SeenOddity.objects.exists()
    assert noted() == 0


def test_somebody_of_another_shop_is_not_found(lume: Shop, rossi: Shop, ada: DeskClient) -> None:
    theirs = team_of(rossi)

    assert say_fine(ada, theirs) == 404
    assert PAUSE not in told(ada)
    assert not SeenOddity.objects.exists()


def test_a_manager_sees_neither_themselves_nor_an_owner(lume: Shop) -> None:
    manager = sign_up_staff(lume, StaffMember.Role.MANAGER, "mo@lume.example")
    own = StaffMember.objects.get(merchant=lume.merchant, role="manager")
    StaffMember.objects.filter(id=own.id).update(name="Mo")
    bo = team_of(lume)
    worked(lume, own, month=MONTH, overrides=6)
    worked(lume, lume.ada, month=MONTH, overrides=6)

    page = words(manager.open(PAGE))

    assert "Bo" in page
    assert "Mo" not in page.partition("What everyone did")[2]
    assert page.count(f"Show in the journal {PAUSE}") == 1
    assert [say_fine(manager, one) for one in (bo, own, lume.ada)] == [302, 404, 404]
    assert {row.staff_member_id for row in SeenOddity.objects.all()} == {bo.id}


def test_the_page_asks_as_often_for_many_people_and_cards_as_for_few(lume: Shop, ada: DeskClient) -> None:
    team_of(lume)
    few = questions(ada)
    offer = lume.publish()
    for number in range(12):
        person = lume.hire(f"Person {number}")
        worked(lume, person, month=MONTH, several=4 if number < 3 else 0)
        HandOnCard.objects.create(
            merchant=lume.merchant,
            month=MONTH,
            staff_member_id=person.id,
            card_id=offer.card().id,
            times=48,
            days=2**20 - 1,
        )

    assert questions(ada) == few
    assert told(ada).count("Many stamps on one card") == 12 * 3


def questions(desk: DeskClient) -> int:
    desk.open(PAGE)
    with CaptureQueriesContext(connection) as asked:
        desk.open(PAGE)
    return len(asked)
