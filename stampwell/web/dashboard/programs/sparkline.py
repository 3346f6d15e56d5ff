"""How a program went in the last weeks, small enough for its tile. What it shows is told beside it in a sentence,
and week by week in a table."""

from collections.abc import Sequence

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, GAP, LEAST = 120, 24, 2, 1


def draw_weeks(stamps: Sequence[int]) -> SafeString:
    """A bar for each week, of nothing a thin line; the colour comes by the class `sparkline`."""
    most, step = max(*stamps, 1), WIDTH / len(stamps)
    bars = "".join(
        f'<rect x="{place * step:.1f}" y="{HEIGHT - tall:.1f}" width="{step - GAP:.1f}" height="{tall:.1f}"/>'
        for place, tall in enumerate(max(HEIGHT * count / most, LEAST) for count in stamps)
    )
    return mark_safe(  # noqa: S308 - there are but numbers in it
        f'<svg class="sparkline" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false">{bars}</svg>'
    )
