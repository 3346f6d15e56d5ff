"""Ready-made looks by trade: two colours and an icon at one tap. Whoever takes one can change each of them."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class TradePalette:
    key: str
    name: Promise | str
    background: str
    accent: str
    icon: str

    @property
    def look(self) -> dict[str, str]:
        """The fields of the form that it fills."""
        return {"background": self.background, "accent": self.accent, "icon": self.icon}

    def is_in(self, given: dict[str, Any]) -> bool:
        return all(str(given.get(name, "")).lower() == value for name, value in self.look.items())


PALETTES = [
    TradePalette("cafe", _("Café"), "#4a2e1f", "#f2c14e", "cup"),
    TradePalette("bakery", _("Bakery"), "#f6e7cf", "#8a4b16", "loaf"),
    TradePalette("ice-cream", _("Ice cream"), "#ffe3ec", "#b02a62", "scoop"),
    TradePalette("pizzeria", _("Pizzeria"), "#8f1d14", "#ffd98a", "pizza"),
    TradePalette("burgers", _("Burger"), "#2b2118", "#ff9d3c", "burger"),
    TradePalette("restaurant", _("Restaurant"), "#1f4037", "#f0d9a8", "bowl"),
    TradePalette("hairdresser", _("Hairdresser"), "#1d1d26", "#e3b7a0", "scissors"),
    TradePalette("nails", _("Nail studio"), "#7a1f4d", "#ffc9dc", "heart"),
    TradePalette("flowers", _("Flower shop"), "#e8f3e4", "#a3246a", "flower"),
    TradePalette("car-wash", _("Car wash"), "#0b3c66", "#7fdbff", "car"),
    TradePalette("gym", _("Gym"), "#14171c", "#c6f135", "dumbbell"),
    TradePalette("pets", _("Pets"), "#dff1ef", "#14605c", "paw"),
    TradePalette("books", _("Books"), "#2f2a52", "#f4d58d", "book"),
]


def find_palette(key: str) -> TradePalette | None:
    return next((palette for palette in PALETTES if palette.key == key), None)
