"""What a customer is found by at the counter: one text of folded words, and the patterns that fit into it."""

import re

from stampwell.languages.folding import fold, folded_words
from stampwell.languages.normal_form import ByLetter
from stampwell.languages.typed import plain

# Raise it by one with every change of what is kept below, or of `languages/folding.py`: whoever was folded in an older
# way is then folded again (`refolding.py`).
FOLDING = 1
_OF_NUMBERS = set(" +()./-·")
_LETTER = re.compile(r"[A-Z]{4}|.")
_NO_DIGITS = re.compile(r"\D+")
END_OF_NUMBER, LEAST_BEFORE = 4, 3  # digits that staff are shown, and that a number has more than these
SHORTEST_NUMBER = 7  # digits of a number that is told without its country's code
LONGEST_COUNTRY = 3  # digits
SHORTEST_INSIDE = 3  # digits; fewer are looked for only at its beginning, because the index has no shorter parts


def search_text(*, name: str, email: str, phone: str) -> str:
    """Each word stands behind a space, so that beginnings of words can be looked for.

    Never "": only a row whose words nobody has folded yet holds that.
    """
    return " " + " ".join([*_words_of(name), _digits_of(phone), _as_one_word(email.lower())]).strip()


def search_patterns(words: str) -> list[str]:
    """LIKE patterns that all fit: words by their beginning, numbers also by what is inside them.

    Empty where nothing is left to look for.
    """
    if digits := number_in(words):
        # 00371 is +371, and a number that is dialled with a 0 at home has none behind its country's code.
        at_home = digits.lstrip("0")
        return [_pattern(at_home if len(at_home) >= SHORTEST_INSIDE else digits)]
    return [_pattern(word) for word in telling_words(words)]


def told_spellings(words: str) -> list[str]:
    """Regular expressions that all fit what a customer tells of themselves: name and number, with a blank behind them.

    Of a number its last four digits or all of it, with or without the country's code: whoever finds by any part of it
    can guess the whole digit by digit.
    """
    if digits := number_in(words):
        return [_told_number(digits)]
    return [_told_number(word) if word.isdecimal() else f" {re.escape(word)}" for word in telling_words(words)]


def telling_words(words: str) -> list[str]:
    """As they stand in a customer's text, the longest first; none where a number is looked for."""
    return [] if number_in(words) else _most_telling(_words_of(words))


def letters_of(word: str) -> list[str]:
    """Of a word as it stands in a customer's text, where a letter may be four capitals."""
    return _LETTER.findall(word)


def _most_telling(words: list[str]) -> list[str]:
    """The longest first, each once, and none that another one begins with: whoever has that one has it too."""
    kept: list[str] = []
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        if not any(longer.startswith(word) for longer in kept):
            kept.append(word)
    return kept


def number_in(words: str) -> str:
    """The digits of a number as people write it, with any spaces and signs and in any script; else ""."""
    typed = plain(words)
    return _digits_of(typed) if all(letter.isdecimal() or letter in _OF_NUMBERS for letter in typed) else ""


def _words_of(text: str) -> list[str]:
    return [word if word.isascii() else word.translate(_IN_ASCII) for word in folded_words(text)]


def _as_one_word(email: str) -> str:
    """Also for pg_trgm, which would take what stands behind an @ or a point for the beginning of another word: whoever
    looks for "gmail" would be shown nobody, but only after the rows of half the shop were read.
    """
    return email.translate(_OF_ADDRESSES)


def _capitals(letter: str) -> str:
    """Four instead of one: pg_trgm leaves out the letters that the server's locale does not know, often all.

    What differs most between the letters of a script comes first, for the index looks at three signs at a time.
    """
    code, capitals = ord(letter), ""
    for _place in range(4):
        code, capital = divmod(code, 26)
        capitals += chr(65 + capital)
    return capitals


def _digits_of(text: str) -> str:
    return _NO_DIGITS.sub("", fold(text))


def _told_number(digits: str) -> str:
    if len(digits) == END_OF_NUMBER:
        return f"(?: |[0-9]{{{LEAST_BEFORE}}}){digits} "
    at_home = digits.lstrip("0")
    if len(at_home) >= SHORTEST_NUMBER:
        return f" [0-9]{{0,{LONGEST_COUNTRY}}}{at_home} "
    return f" {digits} "


def _pattern(word: str) -> str:
    is_inside = word.isdecimal() and len(word) >= SHORTEST_INSIDE
    return f"%{word}%" if is_inside else f"% {word}%"


_IN_ASCII = ByLetter(lambda letter: letter if letter.isascii() else _capitals(letter))
_OF_ADDRESSES = ByLetter(lambda letter: letter if letter.isascii() and letter.isalnum() else _capitals(letter))
