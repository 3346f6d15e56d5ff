"""The owner says whether staff take over old paper cards, and how far."""

import pytest

from stampwell.cards.models import PaperRules
from stampwell.events.models import DeskChange
from stampwell.merchants.models import StaffMember
from tests.web.dashboard.desk import DeskClient, sign_up_staff, words
from tests.world import Shop

PATH = "/settings/old-paper/"


def rules() -> list[tuple[int, int]]:
    return list(PaperRules.objects.values_list("most_stamps", "most_a_day"))


def test_it_is_off_until_the_owner_says_how_many(desk: DeskClient) -> None:
    page = desk.open(PATH)
    desk.send(PATH, most_stamps="9", most_a_day="30")
    on = rules()
    desk.send(PATH, most_stamps="8", most_a_day="30")
    changed = rules()
    desk.send(PATH, most_stamps="0", most_a_day="30")

    assert 'value="0"' in page.content.decode()
    assert (on, changed, rules()) == ([(9, 30)], [(8, 30)], [])


def test_the_list_of_changes_tells_it_with_before_and_after(desk: DeskClient) -> None:
    desk.send(PATH, most_stamps="9", most_a_day="30")
    desk.send(PATH, most_stamps="9", most_a_day="30")

    change = DeskChange.objects.get()
    assert (change.before, change.after) == ({"stamps_from_paper": 0}, {"stamps_from_paper": 9, "papers_a_day": 30})
    assert "Most stamps from one old card" in words(desk.open("/settings/changes/"))


@pytest.mark.parametrize("wrong", ["", "-1", "101", "x", "9" * 5000, "\0"])
def test_what_is_no_number_of_stamps_is_asked_for_again(desk: DeskClient, wrong: str) -> None:
    assert desk.send(PATH, most_stamps=wrong, most_a_day="30").status_code == 422
    assert desk.send(PATH, most_stamps="9", most_a_day=wrong if wrong != "101" else "501").status_code == 422
    assert rules() == []


def test_a_manager_does_not_set_it(lume: Shop) -> None:
    manager = sign_up_staff(lume, StaffMember.Role.MANAGER)

    assert manager.send(PATH, most_stamps="9", most_a_day="30").status_code == 403
    assert rules() == []


def test_each_shop_sets_its_own(desk: DeskClient, rossi: Shop) -> None:
    desk.send(PATH, most_stamps="9", most_a_day="30")
    DeskClient(rossi.owner).send(PATH, most_stamps="3", most_a_day="5")

    assert sorted(rules()) == [(3, 5), (9, 30)]
