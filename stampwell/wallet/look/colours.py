"""Colours of a card: parsing, and contrast as WCAG 2.2 counts it, so that no brand colour hides the text."""

import re
from functools import lru_cache

type Rgb = tuple[int, int, int]

WHITE = "#ffffff"
BLACK = "#000000"
INK = "#16130f"  # warmer than black; 18.6 to 1 on white
TEXT_CONTRAST = 4.5  # WCAG 1.4.3
SHAPE_CONTRAST = 3.0  # WCAG 1.4.11
_HEX = re.compile(r"#[0-9a-f]{6}\Z")


class NotAColour(ValueError):
    """The colour must be written like #1a2b3c."""


@lru_cache(maxsize=512)
def parse_colour(colour: str) -> Rgb:
    """The red, green and blue of `#rrggbb`; anything else is refused."""
    if not _HEX.match(colour.lower()):
        raise NotAColour(colour[:20])
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white (WCAG 2.2)."""
    red, green, blue = (_linear(part / 255) for part in parse_colour(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(background: str) -> str:
    """White or ink, whichever reads better; black where neither has 4.5 to 1 (black then always has)."""
    best = max((WHITE, INK), key=lambda colour: contrast(colour, background))
    return best if contrast(best, background) >= TEXT_CONTRAST else BLACK


def readable_or(wanted: str | None, background: str, *, least: float = TEXT_CONTRAST) -> str:
    """The colour that the shop wanted, made as much darker or lighter as it takes to stand out."""
    best = readable_on(background)
    for percent in range(0, 100, 5):
        if wanted and contrast(shade := blended(wanted, best, percent / 100), background) >= least:
            return shade
    return best


@lru_cache(maxsize=512)
def softened(foreground: str, background: str, *, least: float = TEXT_CONTRAST) -> str:
    """The softest blend of foreground into background that still reads: for labels and outlines."""
    for percent in range(50, 101, 5):
        soft = blended(background, foreground, percent / 100)
        if contrast(soft, background) >= least:
            return soft
    return foreground


def blended(base: str, over: str, share: float) -> str:
    """`share` (0 to 1) of one colour laid over another."""
    pairs = zip(parse_colour(base), parse_colour(over), strict=True)
    red, green, blue = (round(low + (high - low) * share) for low, high in pairs)
    return f"#{red:02x}{green:02x}{blue:02x}"


@lru_cache(maxsize=512)
def rgb(colour: str) -> str:
    """The form that Apple's reference promises to read: `rgb(26, 43, 60)`."""
    red, green, blue = parse_colour(colour)
    return f"rgb({red}, {green}, {blue})"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
