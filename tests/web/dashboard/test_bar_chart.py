"""The chart of the start page."""

import re

import pytest

from stampwell.web.dashboard.start.bar_chart import EDGE, WIDTH, Bar, draw_bars


@pytest.mark.parametrize("count", [1, 6, 7])
def test_every_second_label_can_make_room_for_large_letters_but_not_the_last(count: int) -> None:
    chart = draw_bars([Bar(label=str(day), figure="1", size=1) for day in range(count)])

    labels = re.findall(r'<text class="bar-label( between)?" [^>]*>(\d+)</text>', chart)

    assert [label for _between, label in labels] == [str(day) for day in range(count)]
    assert [label for between, label in labels if not between] == [str(day) for day in range(count)][::-2][::-1]


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("Mon", "bar-label", "bar-label"),
        ("November", "bar-label at-start", "bar-label at-end"),
        ("11月30日", "bar-label at-start", "bar-label at-end"),
    ],
)
def test_no_letter_overhangs_the_chart_where_letters_are_large(label: str, first: str, last: str) -> None:
    chart = draw_bars([Bar(label=label, figure="1", size=1) for _day in range(7)])

    places = re.findall(rf'<text class="(bar-label[^"]*)" x="([^"]*)" [^>]*>{label}</text>', chart)

    assert [name for name, _x in (places[0], places[-1])] == [first, last]
    assert (places[0][1] == f"{EDGE}.0", f"{WIDTH - EDGE}.0" == places[-1][1]) == ("at-" in first, "at-" in last)
    assert not any("at-" in name for name, _x in places[1:-1])
