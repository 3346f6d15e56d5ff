"""When a shop is busy: a field for each weekday and hour, the stronger the busier. A table beside it has the sums."""

from collections.abc import Mapping
from html import escape

from django.utils.safestring import SafeString, mark_safe

from stampwell.insight.figures import Weekday
from stampwell.languages.period_names import name_hours, name_weekday_in_chart

LEVELS = 5
CELL, ROW, LEFT, TOP = 12, 16, 50, 2
WIDTH, HEIGHT = LEFT + 24 * CELL + 8, TOP + 7 * ROW + 20
NAMED_HOURS = (0, 6, 12, 18)


def draw_hours(visits: Mapping[tuple[Weekday, int], int]) -> SafeString:
    """Colours come by the classes `level-0` to `level-5`."""
    most = max(visits.values(), default=0)
    parts = [
        f'<text class="weekday" x="{LEFT - 6}" y="{TOP + day * ROW + 11}">{escape(name_weekday_in_chart(day))}</text>'
        + "".join(_draw_field(day, hour, level_of(visits.get((day, hour), 0), most)) for hour in range(24))
        for day in range(7)
    ]
    hours = [
        f'<text class="hour" x="{LEFT + hour * CELL}" y="{HEIGHT - 6}">{escape(name_hours(hour))}</text>'
        for hour in NAMED_HOURS
    ]
    return mark_safe(  # noqa: S308 - names are escaped where they are put in
        f'<svg class="hours" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">'
        f"{''.join(parts + hours)}</svg>"
    )


def level_of(visits: int, most: int) -> int:
    """0 is nothing at all; the busiest field is of the highest level."""
    return -(-visits * LEVELS // most) if visits > 0 else 0


def _draw_field(day: int, hour: int, level: int) -> str:
    return (
        f'<rect class="level-{level}" x="{LEFT + hour * CELL}" y="{TOP + day * ROW}" width="{CELL - 2}"'
        f' height="{ROW - 2}" rx="3"/>'
    )
