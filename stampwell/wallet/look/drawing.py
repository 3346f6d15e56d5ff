"""The stamps of a card as SVG: one drawing for Apple's strip, Google's picture and the web card.

Presentation attributes only (the web card's CSP forbids inline style), no ids, no text elements (numbers are
strokes, so that no font is needed): the drawing can stand anywhere, several times on one page.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stampwell.wallet.look.design import CardDesign, Palette, palette_of
from stampwell.wallet.look.stamp_icons import DIGITS, ICONS, INK, PAPER

STRIP = (375.0, 144.0)  # points, as Apple shows the strip of a store card
HERO = (344.0, 112.0)  # a third of the 1032 by 336 pixels that Google shows
SMALLEST_NUMBERED = 9.0  # below this radius a number cannot be read


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one stamp sits; numbers start at 1."""

    number: int
    x: float
    y: float
    radius: float


def draw_card_strip_svg(
    design: CardDesign, stamps: int, goal: int, milestones: Iterable[int] = (), direction: str = "ltr"
) -> str:
    """The card's stamps as an inline picture for a web page; the words beside it are the page's to say."""
    return draw_stamps_svg(design, stamps, goal, milestones, direction, size=STRIP)


def draw_stamps_svg(
    design: CardDesign,
    stamps: int,
    goal: int,
    milestones: Iterable[int] = (),
    direction: str = "ltr",
    *,
    size: tuple[float, float] = STRIP,
) -> str:
    palette, special = palette_of(design), frozenset(milestones)
    width, height = size
    parts = [_draw_ground(palette, size)]
    for spot in arrange_spots(goal, size, direction):
        prize = spot.number == goal or spot.number in special
        if spot.number <= stamps:
            parts.append(_draw_filled(spot, palette, design.icon, prize=prize, last=spot.number == goal))
        else:
            parts.append(_draw_empty(spot, palette, prize=prize, last=spot.number == goal))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="stamp-strip" viewBox="0 0 {width:g} {height:g}" '
        f'aria-hidden="true" focusable="false">{"".join(parts)}</svg>'
    )


def draw_icon_svg(design: CardDesign) -> str:
    """The stamp icon on a disc of the stamp's colour, 100 by 100: icon and stand-in for a logo."""
    palette = palette_of(design)
    disc = f'<circle cx="50" cy="50" r="50" fill="{palette.stamp}"/>'
    icon = _place(ICONS[design.icon], 50, 50, 74 / 24, ink=palette.stamp_ink, paper=palette.stamp)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{disc}{icon}</svg>'


def arrange_spots(goal: int, size: tuple[float, float], direction: str) -> list[Spot]:
    """Every stamp's place: as many rows as make the stamps largest, rows as equal as can be, centred."""
    width, height = size
    rows, radius, gap = max((_fit(goal, rows, size) for rows in range(1, min(goal, 8) + 1)), key=lambda fit: fit[1])
    step = 2 * radius + gap
    spots: list[Spot] = []
    for row, count in enumerate(_share_out(goal, rows)):
        y = height / 2 + (row - (rows - 1) / 2) * step
        for column in range(count):
            x = width / 2 + (column - (count - 1) / 2) * step
            spots.append(Spot(len(spots) + 1, width - x if direction == "rtl" else x, y, radius))
    return spots


def _fit(goal: int, rows: int, size: tuple[float, float]) -> tuple[int, float, float]:
    """(rows, radius, gap) when the stamps stand in that many rows."""
    width, height = size
    columns = math.ceil(goal / rows)
    share = 0.2  # of a diameter lies between two stamps
    across = (width - 32) / (columns + share * (columns - 1))
    down = (height - 22) / (rows + share * (rows - 1))
    diameter = min(across, down, height * 0.5)
    return rows, diameter / 2, diameter * share


def _share_out(goal: int, rows: int) -> Iterator[int]:
    for row in range(rows):
        yield goal // rows + (row < goal % rows)


def _draw_ground(palette: Palette, size: tuple[float, float]) -> str:
    width, height = size
    return (
        f'<rect width="{width:g}" height="{height:g}" fill="{palette.background}"/>'
        f'<g fill="{palette.glow}">{_disc(width * 0.9, height * 0.02, height * 0.72)}'
        f"{_disc(width * 0.06, height, height * 0.46)}</g>"
    )


def _draw_filled(spot: Spot, palette: Palette, icon: str, *, prize: bool, last: bool) -> str:
    # Each stamp is set down a little differently, as a hand does it, and stays so.
    tilt = 0 if last else (spot.number * 83) % 19 - 9
    icon, scale = ICONS["gift" if last else icon], spot.radius * 1.5 / 24
    mark = _place(icon, spot.x, spot.y, scale, ink=palette.stamp_ink, paper=palette.stamp, tilt=tilt)
    shape = _seal(spot) if last else _disc(spot.x, spot.y, spot.radius)
    badge = _draw_badge(spot, palette) if prize and not last and spot.radius >= SMALLEST_NUMBERED else ""
    return f'<g class="stamp is-filled" fill="{palette.stamp}">{shape}{mark}{badge}</g>'


def _draw_empty(spot: Spot, palette: Palette, *, prize: bool, last: bool) -> str:
    thickness = max(1.0, spot.radius * 0.055)
    colour, width = (palette.stamp, thickness * 1.5) if prize else (palette.outline, thickness)
    shape = _seal(spot) if last else _disc(spot.x, spot.y, spot.radius - thickness / 2)
    mark = _draw_gift(spot, palette, share=1.2 if last else 1.05) if prize else _draw_number(spot, palette)
    line = f'fill="{palette.hollow}" stroke="{colour}" stroke-width="{width:.2f}"'
    return f'<g class="stamp is-empty"><g {line}>{shape}</g>{mark}</g>'


def _draw_gift(spot: Spot, palette: Palette, *, share: float) -> str:
    scale = spot.radius * share / 24
    return _place(ICONS["gift"], spot.x, spot.y, scale, ink=palette.stamp, paper=palette.hollow)


def _draw_badge(spot: Spot, palette: Palette) -> str:
    """A small gift on the shoulder of a filled stamp: this one brought a reward."""
    radius, rim = spot.radius * 0.36, spot.radius * 0.07
    x, y = spot.x + spot.radius * 0.74, spot.y - spot.radius * 0.7
    gift = _place(ICONS["gift"], x, y, radius * 1.25 / 24, ink=palette.stamp, paper=palette.background)
    line = f'fill="{palette.background}" stroke="{palette.stamp}" stroke-width="{rim:.2f}"'
    return f"<g {line}>{_disc(x, y, radius)}</g>{gift}"


def _draw_number(spot: Spot, palette: Palette) -> str:
    if spot.radius < SMALLEST_NUMBERED:
        return ""
    digits = str(spot.number)
    scale = spot.radius * (0.62 if len(digits) < 3 else 0.46) / 14
    width = len(digits) * 10 + (len(digits) - 1) * 3
    strokes = "".join(
        f'<path transform="translate({place * 13} 0)" d="{DIGITS[digit]}"/>' for place, digit in enumerate(digits)
    )
    where = f"translate({spot.x - width / 2 * scale:.2f} {spot.y - 7 * scale:.2f}) scale({scale:.4f})"
    line = f'fill="none" stroke="{palette.label}" stroke-width="2" stroke-linecap="round"'
    return f'<g transform="{where}" {line} stroke-linejoin="round">{strokes}</g>'


def _disc(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}"/>'


def _seal(spot: Spot) -> str:
    """A disc with a scalloped rim: the goal is not one stamp more."""
    bumps, outer = 16, spot.radius * 1.07
    points = [
        (
            spot.x + outer * math.cos(math.tau * step / bumps),
            spot.y + outer * math.sin(math.tau * step / bumps),
        )
        for step in range(bumps + 1)
    ]
    bulge = outer * math.sin(math.pi / bumps) * 1.3
    arcs = "".join(f"A{bulge:.2f} {bulge:.2f} 0 0 1 {x:.2f} {y:.2f}" for x, y in points[1:])
    return f'<path d="M{points[0][0]:.2f} {points[0][1]:.2f}{arcs}z"/>'


def _place(icon: str, x: float, y: float, scale: float, *, ink: str, paper: str, tilt: int = 0) -> str:
    turn = f" rotate({tilt})" if tilt else ""
    drawing = icon.replace(INK, ink).replace(PAPER, paper)
    return f'<g transform="translate({x:.2f} {y:.2f}) scale({scale:.4f}){turn} translate(-12 -12)">{drawing}</g>'
