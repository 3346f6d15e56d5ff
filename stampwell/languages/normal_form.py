"""Unicode's normal forms, of text that anybody may have sent."""

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

# Marks on one letter, as in Unicode's stream-safe text: no language has more. Normalising puts the marks of a letter
# in order, and for ten times as many it takes a hundred times as long.
MOST_MARKS = 30

# Letters of most names, each in one piece: it is seen, is in its shortest form, and takes nothing of its neighbours.
# So what becomes of such a text is what becomes of each of its letters. Latin, Cyrillic, kana and the usual kanji.
_ALONE = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u024f\u02bb\u02bc\u0400-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff]*"
)
_REMEMBERED = 0xA000  # of the letters behind it there are more than anybody needs in the memory


def stands_alone(text: str) -> bool:
    """Whether nothing in it depends on the letter before it."""
    return _ALONE.fullmatch(text) is not None


class ByLetter(dict[int, str]):
    """For a text to be translated by: what becomes of each letter, whatever stands beside it, is found out once."""

    def __init__(self, become: Callable[[str], str]) -> None:
        super().__init__()
        self._become = become

    def __missing__(self, code: int) -> str:
        found = self._become(chr(code))
        if code < _REMEMBERED:
            self[code] = found
        return found


def normal_form(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The text in that form; marks that no letter can carry are left out."""
    return text if text.isascii() else unicodedata.normalize(form, _with_few_marks(text))


def _with_few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept)
