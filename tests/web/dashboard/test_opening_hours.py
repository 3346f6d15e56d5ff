"""When a location is open, as the owner says it: a switch and times for each day."""

import html
import re

import pytest

from stampwell.events.models import Event
from stampwell.ids import public_id
from stampwell.merchants.hours import Week
from stampwell.merchants.models import Location
from tests.web.dashboard.desk import Answer, DeskClient, words
from tests.world import Shop

FIELDS = {"name": "Café Lume", "address": "Brīvības 1", "time_zone": "Europe/Riga", "opening": "hours"}


def path_of(shop: Shop) -> str:
    return f"/settings/locations/{public_id('loc', shop.location.id)}/"


def day(number: int, *pairs: tuple[str, str]) -> dict[str, str]:
    """What the browser sends for a day that is switched on."""
    fields = {f"day_{number}-open": "on", f"day_{number}-rows": str(len(pairs))}
    for row, (opens, closes) in enumerate(pairs):
        fields |= {f"day_{number}-{row}-opens": opens, f"day_{number}-{row}-closes": closes}
    return fields


def send(desk: DeskClient, shop: Shop, *days: dict[str, str], **different: str) -> Answer:
    fields = FIELDS | different
    for of_day in days:
        fields |= of_day
    return desk.send(path_of(shop), **fields)


def hours_of(shop: Shop) -> Week:
    week: Week = Location.objects.get(id=shop.location.id).opening_hours
    return week


def shown(answer: Answer) -> dict[str, str]:
    """What stands in the fields of the hours, by name; a box or switch only when it is on."""
    found = {}
    for tag in re.findall(r"<input [^>]*>", html.unescape(answer.content.decode())):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="(\w+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if not (name and kind and name[1].startswith(("day_", "opening"))):
            continue
        if kind[1] not in ("checkbox", "radio") or " checked" in tag:
            found[name[1]] = value[1] if value else "on"
    return found


def test_a_location_gets_its_hours(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume, day(1, ("08:00", "18:00")), day(2, ("08:00", "12:00"), ("13:00", "18:30")))

    assert answer.status_code == 302
    assert hours_of(lume)["1"] == [["08:00", "18:00"]]
    assert hours_of(lume)["2"] == [["08:00", "12:00"], ["13:00", "18:30"]]
    assert hours_of(lume)["3"] == []


def test_what_was_kept_stands_in_the_form_and_saving_it_changes_nothing(desk: DeskClient, lume: Shop) -> None:
    week = {
        "1": [["08:00", "12:00"], ["13:00", "18:00"]],
        "5": [["18:00", "02:00"]],
        "6": [["18:00", "24:00"]],
        "7": [["00:00", "24:00"]],
    }
    Location.objects.update(opening_hours={str(number): week.get(str(number), []) for number in range(1, 8)})

    fields = shown(desk.open(path_of(lume)))
    desk.send(path_of(lume), **fields | {"name": "Café Lume", "time_zone": "Europe/Riga"})

    assert fields["opening"] == "hours"
    assert (fields["day_1-rows"], fields["day_1-1-opens"], fields["day_1-1-closes"]) == ("2", "13:00", "18:00")
    assert (fields["day_5-0-opens"], fields["day_5-0-closes"]) == ("18:00", "02:00")
    assert fields["day_6-0-closes"] == "00:00"
    assert {name for name in fields if name.endswith(("-open", "-whole"))} == {
        "day_1-open",
        "day_5-open",
        "day_6-open",
        "day_7-open",
        "day_7-whole",
    }
    assert hours_of(lume) == {str(number): week.get(str(number), []) for number in range(1, 8)}
    assert Event.objects.filter(type="location.changed").count() == 0


@pytest.mark.parametrize(
    ("pair", "kept"),
    [
        (("18:00", "02:00"), ["18:00", "02:00"]),
        (("18:00", "00:00"), ["18:00", "24:00"]),
        (("18:00", "24:00"), ["18:00", "24:00"]),
        (("8-18", ""), ["08:00", "18:00"]),
        (("8:00–18:00", ""), ["08:00", "18:00"]),
        (("", "8.00-18.00"), ["08:00", "18:00"]),
        (("8", "18"), ["08:00", "18:00"]),
        (("00:00", "00:00"), ["00:00", "24:00"]),
    ],
)
def test_hours_are_taken_as_people_write_them(
    desk: DeskClient, lume: Shop, pair: tuple[str, str], kept: list[str]
) -> None:
    send(desk, lume, day(5, pair))

    assert hours_of(lume)["5"] == [kept]


def test_a_day_may_be_open_for_24_hours(desk: DeskClient, lume: Shop) -> None:
    send(desk, lume, day(5, ("", "")) | {"day_5-whole": "on"})

    assert hours_of(lume)["5"] == [["00:00", "24:00"]]


def test_a_day_that_is_switched_off_is_closed_whatever_its_times_say(desk: DeskClient, lume: Shop) -> None:
    off = day(2, ("09:00", "never"))
    del off["day_2-open"]

    answer = send(desk, lume, day(1, ("08:00", "18:00")), off)

    assert answer.status_code == 302
    assert hours_of(lume)["2"] == []


def test_a_location_may_be_open_at_any_time(desk: DeskClient, lume: Shop) -> None:
    Location.objects.update(opening_hours={"1": [["08:00", "18:00"]]})

    send(desk, lume, day(1, ("nonsense", "")), opening="always")

    assert hours_of(lume) == {}
    assert shown(desk.open(path_of(lume)))["opening"] == "always"


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (("08:00", "08:00"), "These hours cannot be read: 08:00-08:00."),
        (("08:00", ""), "These hours cannot be read: 08:00."),
        (("from eight", "18:00"), "These hours cannot be read: from eight-18:00."),
        (("8-18-20", ""), "These hours cannot be read: 8-18-20."),
        (("", ""), "Enter the opening hours of this day, or switch the day off."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_day_and_stays(
    desk: DeskClient, lume: Shop, pair: tuple[str, str], said: str
) -> None:
    answer = send(desk, lume, day(1, ("09:30", "17:30")), day(3, pair), name="Café by the river")

    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in words(answer)
    assert page.index('id="day_3-error"') < page.index('id="day_4-name"')
    assert shown(answer)["day_3-0-opens"] == pair[0]
    assert shown(answer)["day_3-0-closes"] == pair[1]
    assert shown(answer)["day_1-0-opens"] == "09:30"
    assert 'value="Café by the river"' in page
    assert hours_of(lume) == {}


def test_hours_and_the_rest_are_checked_together(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume, day(3, ("", "")), name="")

    assert "switch the day off" in words(answer)
    assert "This field is required." in words(answer)


def test_a_week_without_an_open_day_is_refused(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume)

    assert "Switch on at least one day, or choose “At any time”." in words(answer)
    assert hours_of(lume) == {}


def test_what_a_field_for_times_would_drop_stands_in_one_for_any_text(desk: DeskClient, lume: Shop) -> None:
    page = send(desk, lume, day(3, ("eight", "18:00"))).content.decode()

    assert re.search(r'<input type="text" name="day_3-0-opens"', page)
    assert re.search(r'<input type="time" name="day_4-0-opens"', page)


def test_a_break_is_one_more_pair_of_times(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume, day(3, ("08:00", "12:00")), act="add-3", name="Typed")

    fields = shown(answer)
    assert answer.status_code == 200
    assert (fields["day_3-rows"], fields["day_3-0-closes"], fields["day_3-1-opens"]) == ("2", "12:00", "")
    assert 'value="Typed"' in answer.content.decode()
    assert hours_of(lume) == {}


def test_a_pair_of_times_is_removed(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume, day(3, ("08:00", "12:00"), ("13:00", "18:00")), act="remove-3-0")

    fields = shown(answer)
    assert (fields["day_3-rows"], fields["day_3-0-opens"]) == ("1", "13:00")


@pytest.mark.parametrize(("act", "last"), [("weekdays-1", 5), ("all-1", 7)])
def test_the_hours_of_a_day_are_copied(desk: DeskClient, lume: Shop, act: str, last: int) -> None:
    answer = send(desk, lume, day(1, ("08:00", "12:00"), ("13:00", "17:00")), day(6, ("10:00", "14:00")), act=act)

    fields = shown(answer)
    for number in range(1, last + 1):
        assert fields[f"day_{number}-open"] == "on"
        assert fields[f"day_{number}-1-closes"] == "17:00"
    if last == 5:
        assert fields["day_6-0-opens"] == "10:00"
        assert "day_7-open" not in fields


def test_pasted_hours_are_shown_as_pairs_of_times(desk: DeskClient, lume: Shop) -> None:
    fields = shown(send(desk, lume, day(1, ("8-12, 13-18", "")), act="read-1"))

    assert fields["day_1-rows"] == "2"
    assert [fields[f"day_1-{row}"] for row in ("0-opens", "0-closes", "1-opens", "1-closes")] == [
        "08:00",
        "12:00",
        "13:00",
        "18:00",
    ]


def test_a_single_pasted_time_waits_for_the_other(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume, day(1, ("8.30", "")), act="read-1")

    assert shown(answer)["day_1-0-opens"] == "08:30"
    assert "cannot be read" not in words(answer)


def test_pasted_nonsense_stays_and_is_said(desk: DeskClient, lume: Shop) -> None:
    answer = send(desk, lume, day(1, ("all day long", "")), act="read-1")

    assert shown(answer)["day_1-0-opens"] == "all day long"
    assert "These hours cannot be read: all day long." in words(answer)


@pytest.mark.parametrize("act", ["add-8", "remove-1", "remove-1-0", "remove-1-9", "burn-1", "add-1-", ""])
def test_a_button_that_is_not_there_changes_nothing(desk: DeskClient, lume: Shop, act: str) -> None:
    fields = shown(send(desk, lume, day(1, ("08:00", "12:00")), act=act))

    assert (fields["day_1-rows"], fields["day_1-0-opens"]) == ("1", "08:00")


def test_a_day_has_room_for_ten_pairs(desk: DeskClient, lume: Shop) -> None:
    full = day(1, *[(f"{hour:02d}:00", f"{hour:02d}:30") for hour in range(10)])

    assert shown(send(desk, lume, full, act="add-1"))["day_1-rows"] == "10"
    assert shown(send(desk, lume, full | {"day_1-rows": "9999"}, act="add-1"))["day_1-rows"] == "2"
    assert send(desk, lume, full | {"day_1-9-closes": "9:10, 9:20-9:30"}).status_code == 422


def test_the_next_day_is_said_beside_a_pair_that_goes_over_midnight(desk: DeskClient, lume: Shop) -> None:
    page = send(desk, lume, day(5, ("18:00", "02:00")), day(6, ("18:00", "00:00")), act="read-7").content.decode()

    assert re.search(r'id="day_5-0-next">on the next day', page)
    assert re.search(r'id="day_6-0-next" hidden>', page)
