"""How a shop's card looks: what the owner chose, and the colours that follow from it."""

from dataclasses import dataclass
from functools import lru_cache

from stampwell.wallet.look.colours import (
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    blended,
    contrast,
    readable_on,
    readable_or,
    softened,
)
from stampwell.wallet.look.stamp_icons import ICONS

DEFAULT_BACKGROUND = "#5b2c1a"
DEFAULT_ICON = "star"


@dataclass(frozen=True, slots=True)
class CardDesign:
    """What the owner chose. Colours are `#rrggbb`; one left out is chosen for them, a weak one made stronger."""

    background: str = DEFAULT_BACKGROUND
    foreground: str | None = None
    accent: str | None = None
    icon: str = DEFAULT_ICON
    logo: bytes | None = None  # PNG or JPEG as uploaded; drawn anew before it goes anywhere

    def __post_init__(self) -> None:
        palette_of(self)  # a wrong colour is refused here, not on the customer's phone
        if self.icon not in ICONS:
            raise UnknownIcon(self.icon)


class UnknownIcon(ValueError):
    """There is no stamp icon of this name; the names are `stamp_icons.ICONS`."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of a card; each reads on what lies below it."""

    background: str
    foreground: str  # text, at least 4.5 to 1
    label: str  # softer text, at least 4.5 to 1
    outline: str  # rings of empty stamps, at least 3 to 1
    hollow: str  # inside an empty stamp
    glow: str  # the quiet shapes behind
    stamp: str  # a filled stamp, at least 3 to 1
    stamp_ink: str  # the icon on it, at least 4.5 to 1


def palette_of(design: CardDesign) -> Palette:
    return _palette(design.background.lower(), _lower(design.foreground), _lower(design.accent))


@lru_cache(maxsize=256)
def _palette(background: str, wanted_text: str | None, wanted_stamp: str | None) -> Palette:
    foreground = readable_or(wanted_text, background)
    hollow = blended(background, foreground, 0.07)
    if contrast(foreground, hollow) < TEXT_CONTRAST:
        hollow = background
    stamp = readable_or(wanted_stamp or foreground, background, least=SHAPE_CONTRAST)
    # The icon looks cut out of the stamp wherever the card's own colour is strong enough for that.
    ink = background if contrast(background, stamp) >= TEXT_CONTRAST else readable_on(stamp)
    return Palette(
        background=background,
        foreground=foreground,
        label=softened(foreground, hollow),
        outline=softened(foreground, background, least=SHAPE_CONTRAST),
        hollow=hollow,
        glow=blended(background, foreground, 0.05),
        stamp=stamp,
        stamp_ink=ink,
    )


def _lower(colour: str | None) -> str | None:
    return colour.lower() if colour else None
