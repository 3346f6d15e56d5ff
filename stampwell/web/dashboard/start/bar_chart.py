"""A small bar chart, drawn on the server. The figures stand in a table beside it for everybody."""

from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, FLOOR, HEAD = 336, 132, 108, 20
FEW = 12  # so many bars have room for a figure and a label each

LABELS = ("bar-label between", "bar-label")
LETTER, WIDE_LETTER = 12, 16  # of the chart's units, where letters are large
EDGE = 2  # a J reaches back before the place where it begins
WIDE_FROM = "\u2e80"  # from here on letters are as wide as they are high


@dataclass(frozen=True)
class Bar:
    """`before` is the size of the bar that it is compared with; None where there is none."""

    label: str
    figure: str
    size: int
    before: int | None = None
    is_marked: bool = False


def draw_bars(bars: list[Bar]) -> SafeString:
    """Colours come by the classes `bar`, `marked`, `bar-before`, `bar-figure` and `bar-label`.

    A bar of nothing is a thin line. Where letters are large, every second label makes room (`between`); that of the
    last bar stays.
    """
    most = max((max(bar.size, bar.before or 0) for bar in bars), default=0) or 1
    step = WIDTH / max(len(bars), 1)
    labelled = [place for place in range(len(bars)) if (len(bars) - 1 - place) % _every(len(bars)) == 0]
    label_of = {place: LABELS[(len(labelled) - turn) % 2] for turn, place in enumerate(labelled)}
    parts = [
        _draw_bar(bar, place * step, step, most, label=label_of.get(place, ""), has_figure=len(bars) <= FEW)
        for place, bar in enumerate(bars)
    ]
    return mark_safe(  # noqa: S308 - labels are escaped where they are put in
        f'<svg class="bars" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


def _every(count: int) -> int:
    """The how-manieth bar has a label, where not all have room for one."""
    return 1 if count <= FEW else -(-count // 6)


def _draw_bar(bar: Bar, left: float, step: float, most: int, *, label: str, has_figure: bool) -> str:
    tall = _height(bar.size, most)
    middle, width = left + step / 2, min(step * 0.62, 44)
    parts = []
    if bar.before is not None:
        parts.append(
            _draw_block("bar-before", middle + width * 0.12, min(width * 1.24, step), _height(bar.before, most))
        )
    parts.append(_draw_block("bar marked" if bar.is_marked else "bar", middle, width, tall))
    if has_figure and bar.size:
        parts.append(_draw_text("bar-figure", bar.figure, middle, FLOOR - tall - 6))
    if label:
        parts.append(_draw_text(label, bar.label, middle, HEIGHT - 6))
    return "".join(parts)


def _draw_text(name: str, text: str, middle: float, bottom: float) -> str:
    """Below or above the middle of its bar; where large letters would then overhang the chart, at its edge."""
    half = sum(WIDE_LETTER if letter >= WIDE_FROM else LETTER for letter in text) / 2
    if middle + half > WIDTH:
        name, middle = f"{name} at-end", WIDTH - EDGE
    elif middle < half:
        name, middle = f"{name} at-start", EDGE
    return f'<text class="{name}" x="{middle:.1f}" y="{bottom:.1f}">{escape(text)}</text>'


def _draw_block(name: str, middle: float, width: float, tall: float) -> str:
    return (
        f'<rect class="{name}" x="{middle - width / 2:.1f}" y="{FLOOR - tall:.1f}" width="{width:.1f}"'
        f' height="{tall:.1f}" rx="{min(width / 4, 5, tall / 2):.1f}"/>'
    )


def _height(size: int, most: int) -> float:
    return max((FLOOR - HEAD) * max(size, 0) / most, 2)
