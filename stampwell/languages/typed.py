"""What people type or paste for a machine to read: numbers, codes, amounts, links. The one home for digits.

A keyboard may write other digits, a wider alphabet and other dashes, and a messenger puts in signs that nobody sees.
None of this means anything, so all of it is gone before anything is compared. Names and texts are
another matter (`texts.py`): there a person's own writing stays as it is.
"""

import unicodedata
from urllib.parse import unquote

from stampwell.languages.normal_form import normal_form

LONGEST = 2_000  # characters; a pasted page is no code

# Dashes by their look that Unicode counts as other signs: minus, the long vowel of kana, lines of boxes.
_MORE_DASHES = frozenset("−˗ー─━⁃")
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")  # letters by category, blank to the eye
_AROUND = "<>()[]{}\"'“”„‟«»‹›‘’‚‛「」『』【】〈〉《》`´.,;:!?…。、"
_BETWEEN = str.maketrans("", "", "-.,/_·•‧・˙")


def fold_digits(text: str) -> str:
    """The digits of every keyboard as ASCII digits; everything else stays."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def plain(text: str) -> str:
    """One writing for machines: ordinary letters, ASCII digits, one dash, single spaces, and nothing unseen."""
    text = text[:LONGEST]
    if text.isascii() and text.isprintable():  # most of what comes in: nothing of it is written in two ways
        return " ".join(text.split())
    text = normal_form("NFKC", text)
    return fold_digits(" ".join("".join(_seen_of(letter) for letter in text).split()))


def plain_code(text: str) -> str:
    """A code or a link as it was pasted: also without what stands around it, and without the breaks of a long line."""
    return "".join(plain(text).strip(_AROUND + " ").split())


def plain_number(text: str) -> str:
    """The digits of a number that people write with blanks, dashes or points, if that is what it is; else ""."""
    digits = plain_code(text).translate(_BETWEEN)
    return digits if digits.isdecimal() else ""


def plain_path(url: str) -> str:
    """Where a link leads on its host, in small letters: without question, place on the page, and last slashes.

    "" where it is no link. A link says http or https, or nothing before its host.
    """
    address = plain_code(url).lower().split("#")[0].split("?")[0]
    scheme, mark, rest = address.partition("://")
    if mark and scheme not in ("http", "https"):
        return ""
    host, slash, path = (rest if mark else address).partition("/")
    return slash + unquote(path).rstrip("/" + _AROUND) if host and slash else ""


def _seen_of(letter: str) -> str:
    if letter.isspace():
        return " "
    category = unicodedata.category(letter)
    if category == "Pd" or letter in _MORE_DASHES:
        return "-"
    if category in ("Cf", "Cc", "Cs", "Co", "Cn", "Me") or letter in _UNSEEN:
        return ""
    return "" if "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef" else letter
