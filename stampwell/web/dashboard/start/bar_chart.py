"""A small bar chart, drawn on the server. The figures stand in a table beside it for everybody."""

from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, FLOOR, HEAD = 336, 132, 108, 20

LABELS = ("bar-label between", "bar-label")


@dataclass(frozen=True)
class Bar:
    label: str
    figure: str
    size: int


def draw_bars(bars: list[Bar]) -> SafeString:
    """Colours come by the classes `bar`, `bar-figure` and `bar-label`; a day of nothing is a thin line.

    Where letters are large, every second label makes room (`between`); that of the last bar stays.
    """
    most = max((bar.size for bar in bars), default=0) or 1
    step = WIDTH / max(len(bars), 1)
    parts = [
        _draw_bar(bar, place * step, step, max(bar.size, 0) / most, label=LABELS[(len(bars) - place) % 2])
        for place, bar in enumerate(bars)
    ]
    return mark_safe(  # noqa: S308 - labels are escaped where they are put in
        f'<svg class="bars" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


def _draw_bar(bar: Bar, left: float, step: float, share: float, *, label: str) -> str:
    tall = max((FLOOR - HEAD) * share, 2)
    middle, width = left + step / 2, min(step * 0.62, 44)
    figure = f'<text class="bar-figure" x="{middle:.1f}" y="{FLOOR - tall - 6:.1f}">{escape(bar.figure)}</text>'
    return (
        f'<rect class="bar" x="{middle - width / 2:.1f}" y="{FLOOR - tall:.1f}" width="{width:.1f}"'
        f' height="{tall:.1f}" rx="{min(5, tall / 2):.1f}"/>'
        f"{figure if bar.size else ''}"
        f'<text class="{label}" x="{middle:.1f}" y="{HEIGHT - 6}">{escape(bar.label)}</text>'
    )
