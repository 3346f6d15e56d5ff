"""What a customer is found by at the counter: one text of folded words, and the patterns that fit into it."""

from functools import lru_cache

from stampwell.languages.folding import fold, folded_words
from stampwell.languages.typed import plain

_OF_NUMBERS = set(" +()./-·")
SHORTEST_INSIDE = 3  # digits; fewer are looked for only at its beginning, because the index has no shorter parts


def search_text(*, name: str, email: str, phone: str) -> str:
    """Each word stands behind a space, so that beginnings of words can be looked for.

    Never "": only a row whose words nobody has folded yet holds that.
    """
    return " " + " ".join([*_words_of(name), _digits_of(phone), email.lower()]).strip()


def search_patterns(words: str) -> list[str]:
    """LIKE patterns that all fit: words by their beginning, numbers also by what is inside them.

    Empty where nothing is left to look for.
    """
    if digits := number_in(words):
        # 00371 is +371, and a number that is dialled with a 0 at home has none behind its country's code.
        at_home = digits.lstrip("0")
        return [_pattern(at_home if len(at_home) >= SHORTEST_INSIDE else digits)]
    return [_pattern(word) for word in _words_of(words)]


def number_in(words: str) -> str:
    """The digits of a number as people write it, with any spaces and signs and in any script; else ""."""
    typed = plain(words)
    return _digits_of(typed) if all(letter.isdecimal() or letter in _OF_NUMBERS for letter in typed) else ""


def _words_of(text: str) -> list[str]:
    return [
        "".join(letter if letter.isascii() else _in_ascii(letter) for letter in word) for word in folded_words(text)
    ]


@lru_cache(maxsize=10_000)
def _in_ascii(letter: str) -> str:
    """Other letters as four capitals: pg_trgm leaves out those that the server's locale does not know, often all."""
    if letter.isascii():
        return letter
    code, capitals = ord(letter), ""
    for _place in range(4):
        code, capital = divmod(code, 26)
        capitals = chr(65 + capital) + capitals
    return capitals


def _digits_of(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isdecimal())


def _pattern(word: str) -> str:
    is_inside = word.isdecimal() and len(word) >= SHORTEST_INSIDE
    return f"%{word}%" if is_inside else f"% {word}%"
