"""Unicode's normal forms, of text that anybody may have sent."""

import unicodedata
from typing import Literal

# Marks on one letter, as in Unicode's stream-safe text: no language has more. Normalising puts the marks of a letter
# in order, and for ten times as many it takes a hundred times as long.
MOST_MARKS = 30


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
