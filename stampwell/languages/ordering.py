"""Names in the order in which the reader's language puts them.

Own keys, because nothing else fits: PyICU has no wheels, so a bare machine could not build it; a collation of the
database is chosen when a column is made and not by each reader, and its rules come with whatever ICU the server was
built with. Six alphabets are less than a page. A key compares letters first, then their marks, then capitals. Letters
that no alphabet here knows follow in the order of Unicode; for kanji that is near the order of a dictionary, because
nobody can tell from a name how it is read.
"""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from stampwell.languages.normal_form import normal_form
from stampwell.languages.offered import active_locale

type Weight = tuple[int, int, int]  # the script, the letter in it, and which of the letters that follow it
type Key = tuple[tuple[Weight, ...], tuple[str, ...], tuple[bool, ...], str]

LONGEST = 200  # characters that are looked at
_SPACE, _SIGN, _DIGIT, _OWN, _LATIN, _CYRILLIC, _KANA, _OTHER = range(8)
_CYRILLIC_LETTERS = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
# Letters of their own, in order, behind the letter that each stands after.
_LETTERS: dict[str, dict[str, tuple[str, ...]]] = {
    "lv": {"c": ("č",), "g": ("ģ",), "k": ("ķ",), "l": ("ļ",), "n": ("ņ",), "r": ("ŗ",), "s": ("š",), "z": ("ž",)},
    "et": {"s": ("š", "z", "ž"), "w": ("õ", "ä", "ö", "ü")},
    "uz": {"z": ("o'", "g'", "sh", "ch")},
}
_SAME_LETTER = str.maketrans("ıøłđð", "ioldd")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʻʼ`´", "'"))
_FIRST_SCRIPT = {"kk": _CYRILLIC}


def sorted_by_name[Item](items: Iterable[Item], name: Callable[[Item], str]) -> list[Item]:
    """In the order of the active language. Items of one name stay as they were."""
    locale = active_locale()
    return sorted(items, key=lambda item: key_in(locale, name(item)))


def key_in(locale: str, text: str) -> Key:
    """What to compare names by for a reader of this language."""
    text = text[:LONGEST]
    plain = normal_form("NFC", normal_form("NFKC", text)).translate(_APOSTROPHES)
    letters = _letters_of(locale)
    weights: list[Weight] = []
    marks: list[str] = []
    capitals: list[bool] = []
    place = 0
    while place < len(plain):
        length = 2 if plain[place : place + 2].lower() in letters else 1
        piece = plain[place : place + length]
        weight, mark = _weigh(piece.lower(), letters)
        weights.append(_reordered(locale, weight))
        marks.append(mark)
        capitals.append(piece != piece.lower())
        place += length
    return tuple(weights), tuple(marks), tuple(capitals), text


@lru_cache(maxsize=16)
def _letters_of(locale: str) -> dict[str, Weight]:
    behind = _LETTERS.get(locale, {})
    return {
        letter: (_LATIN, ord(base), step)
        for base, letters in behind.items()
        for step, letter in enumerate(letters, start=1)
    }


def _weigh(letter: str, letters: dict[str, Weight]) -> tuple[Weight, str]:
    if letter in letters:
        return letters[letter], ""
    if letter in _CYRILLIC_LETTERS:
        return (_CYRILLIC, _CYRILLIC_LETTERS.index(letter), 0), ""
    taken_apart = normal_form("NFD", letter)
    base, marks = taken_apart[:1].translate(_SAME_LETTER), taken_apart[1:]
    if "a" <= base <= "z":
        return (_LATIN, ord(base), 0), marks or ("" if base == letter else letter)
    if base in _CYRILLIC_LETTERS:
        return (_CYRILLIC, _CYRILLIC_LETTERS.index(base), 0), marks
    return _weigh_other(base), marks


def _weigh_other(letter: str) -> Weight:
    if letter.isspace():
        return _SPACE, 0, 0
    if letter.isdecimal():
        return _DIGIT, unicodedata.decimal(letter), 0
    if "\u30a1" <= letter <= "\u30f6":
        letter = chr(ord(letter) - 0x60)  # hiragana and katakana are one alphabet
    if "\u3041" <= letter <= "\u3096":
        return _KANA, ord(letter), 0
    return (_OTHER if letter.isalpha() else _SIGN), ord(letter), 0


def _reordered(locale: str, weight: Weight) -> Weight:
    """The reader's own script comes first among the letters."""
    script, letter, step = weight
    return (_OWN, letter, step) if script == _FIRST_SCRIPT.get(locale) else weight
