"""The letters that we can print. Only our own fonts are used, so that every machine prints the same."""

import unicodedata
from functools import cache, lru_cache

import typst
from PIL import ImageFont

from stampwell.settings import PACKAGE

FONTS = PACKAGE / "fonts"
# By the name that is in the file: what a font lacks is taken from the next one.
FAMILIES = {
    "Noto Sans": "NotoSans-Regular.ttf",
    "Noto Sans CJK JP": "NotoSansCJKjp-Regular.otf",
    "Noto Emoji": "NotoEmoji-Regular.ttf",
    "Noto Sans Symbols2": "NotoSansSymbols2-Regular.ttf",
    "Noto Sans Georgian": "NotoSansGeorgian-Regular.ttf",
    "Noto Sans Armenian": "NotoSansArmenian-Regular.ttf",
    "Noto Sans Arabic": "NotoSansArabic-Regular.ttf",
    "Noto Sans Hebrew": "NotoSansHebrew-Regular.ttf",
    "Noto Sans Thai": "NotoSansThai-Regular.ttf",
    "Noto Sans Devanagari": "NotoSansDevanagari-Regular.ttf",
}
VARIATION = "VARIATION SELECTOR"
NO_LETTER = "\U0010fffd"  # no font holds it: what is drawn for it is the font's empty box


def families(locale: str) -> list[str]:
    """In the order in which they are tried. Japanese has its own shapes of what both of the first two hold."""
    first = ["Noto Sans CJK JP", "Noto Sans"] if locale == "ja" else []
    return [*first, *(family for family in FAMILIES if family not in first)]


def without_unprintable(text: str) -> str:
    """What remains would be printed as empty boxes otherwise."""
    return "".join(letter for letter in text if is_printable(letter))


def find_unprintable(text: str) -> list[str]:
    """Each letter once, in the order of the text."""
    return list(dict.fromkeys(letter for letter in text if not is_printable(letter)))


@lru_cache(maxsize=4096)
def is_printable(letter: str) -> bool:
    return _is_unseen(letter) or any(_holds(font, letter) for font in _measured_fonts())


def _is_unseen(letter: str) -> bool:
    """It joins or varies the letters beside it, or is a blank: a font that does not know it prints nothing for it."""
    return (
        letter.isspace() or unicodedata.category(letter) == "Cf" or unicodedata.name(letter, "").startswith(VARIATION)
    )


@cache
def printing_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@cache
def _measured_fonts() -> list[ImageFont.FreeTypeFont]:
    return [ImageFont.truetype(FONTS / name, 20, layout_engine=ImageFont.Layout.BASIC) for name in FAMILIES.values()]


def _holds(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    box, drawn = font.getmask(NO_LETTER), font.getmask(letter)
    return drawn.size != box.size or bytes(drawn) != bytes(box)
