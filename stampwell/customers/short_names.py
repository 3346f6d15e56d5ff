"""A customer as staff at the counter see them: enough to ask for the right person, and no more."""

import re

SHOWN_DIGITS = 4
LEAST_HIDDEN = 3  # digits; of a shorter number nothing is shown
SHOWN_SIGNS = 2  # of a name in a script that writes no blanks
_NO_DIGITS = re.compile(r"\D+")


def shorten_name(name: str) -> str:
    """The first word and of each other one its first letter: “Anna B.”. A script without capitals has no initials:
    “佐藤 …”, and “佐藤…” where family and given name stand together.
    """
    first, *others = name.split() or [""]
    if _has_capitals(first):
        return " ".join([first, *(_initial(word) for word in others)])
    if others:
        return f"{first} …"
    return first if len(first) <= SHOWN_SIGNS else f"{first[:SHOWN_SIGNS]}…"


def end_of_phone(phone: str) -> str:
    digits = _NO_DIGITS.sub("", phone)
    return digits[-SHOWN_DIGITS:] if len(digits) >= SHOWN_DIGITS + LEAST_HIDDEN else ""


def _has_capitals(word: str) -> bool:
    return word.upper() != word.lower()


def _initial(word: str) -> str:
    return f"{word[0]}." if _has_capitals(word[0]) else "…"
