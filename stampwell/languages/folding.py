"""Text as it is looked for: what two people would write differently for the same name is the same here."""

import unicodedata

from stampwell.languages.normal_form import ByLetter, normal_form, stands_alone

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʻʼ`´"))
_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}  # of each hiragana
# Letters that Unicode does not take apart, and what people type who do not have them on their keyboard: a Latin letter
# without its stroke, the Russian neighbour of a Kazakh letter.
_NEIGHBOURS = str.maketrans("łøđıәғқңөұүһіё", "lodiагкноуухие")


def fold(text: str) -> str:
    """In one writing: no capitals, no apostrophes, no marks on Latin letters, ASCII digits, katakana.

    A mark on another letter makes another letter (й is not и, が is not か) and stays.
    """
    return text.translate(_FOLDED) if stands_alone(text) else _fold(text)


def _fold(text: str) -> str:
    seen = text if text.isascii() else "".join(letter for letter in text if not _is_unseen(letter))
    plain = seen.translate(_APOSTROPHES)  # before NFKC too, which would turn ´ into a space and a mark
    plain = normal_form("NFKC", plain).translate(_APOSTROPHES).casefold()
    if plain.isascii():
        return plain
    plain = "".join(_without_latin_marks(normal_form("NFD", plain)))
    return normal_form("NFC", plain).translate(_KATAKANA).translate(_NEIGHBOURS)


def _without_latin_marks(text: str) -> list[str]:
    """`text` comes apart as a whole: the small letter of "İ" is an "i" and a dot that stood together in no letter."""
    kept: list[str] = []
    is_latin = False
    for letter in text:
        if _is_mark(letter):
            if is_latin:
                continue
        else:
            is_latin = letter.isascii() or unicodedata.name(letter, "").startswith("LATIN ")
        digit = unicodedata.decimal(letter, None)
        kept.append(letter if digit is None else str(digit))
    return kept


def folded_words(text: str) -> list[str]:
    """The words of a text, folded: what stands between spaces, hyphens and other signs."""
    return fold(text).translate(_OF_WORDS).split()


def _is_unseen(letter: str) -> bool:
    """A sign that only chooses between shapes of the letter before it, or joins, parts or turns letters."""
    if letter.isascii():
        return False
    is_selector = "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"
    return is_selector or letter == "\u034f" or unicodedata.category(letter) == "Cf"


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


_FOLDED = ByLetter(_fold)
_OF_WORDS = ByLetter(lambda letter: letter if letter.isalnum() or _is_mark(letter) else " ")
