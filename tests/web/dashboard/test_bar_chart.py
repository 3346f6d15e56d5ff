"""The chart of the start page."""

import re

import pytest

from stampwell.web.dashboard.start.bar_chart import Bar, draw_bars


@pytest.mark.parametrize("count", [1, 6, 7])
def test_every_second_label_can_make_room_for_large_letters_but_not_the_last(count: int) -> None:
    chart = draw_bars([Bar(label=str(day), figure="1", size=1) for day in range(count)])

    labels = re.findall(r'<text class="bar-label( between)?" [^>]*>(\d+)</text>', chart)

    assert [label for _between, label in labels] == [str(day) for day in range(count)]
    assert [label for between, label in labels if not between] == [str(day) for day in range(count)][::-2][::-1]
