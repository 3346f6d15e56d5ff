"""Words that are one letter off from what was typed: another letter, one too many or too few, or two changed places.

The first letter is right: nobody mistakes that one often, and it rules out most of a big shop.
"""

import msgspec

from stampwell.customers.search_text import letters_of, telling_words

SHORTEST_NEAR = 4  # letters of the longest word; of a shorter one too many are one letter off
SHORTEST_BESIDE = 3  # letters of another word
LONGEST_NEAR = 20  # letters; of a longer word its beginning is looked for
MOST_NEAR = 3  # words; whoever types more than that is found by these


class Half(msgspec.Struct, frozen=True):
    """Of a word that is one letter off, one half is as it was typed, or its two letters in the middle have changed
    places. `like` is a pattern for the index, `spelling` a regular expression that fits the whole word.
    """

    like: str
    spelling: str


class Near(msgspec.Struct, frozen=True):
    """What fits the folded words of a customer who may be meant: one of `halves`, all `beginnings` (patterns of LIKE)
    and all `others` (regular expressions).
    """

    halves: list[Half]
    beginnings: list[str]
    others: list[str]


def near(words: str) -> Near | None:
    """None where no word may be off: a number, for another digit is another customer, and short words alone."""
    longest, *others = [letters_of(word)[:LONGEST_NEAR] for word in telling_words(words)[:MOST_NEAR]] or [[]]
    if len(longest) < SHORTEST_NEAR:
        return None
    return Near(
        halves=_halves(longest),
        beginnings=[f"% {letters[0]}%" for letters in others],
        others=[f" {_near(letters) if len(letters) >= SHORTEST_BESIDE else ''.join(letters)}" for letters in others],
    )


def _halves(letters: list[str]) -> list[Half]:
    middle = (len(letters) + 1) // 2
    first, second = letters[:middle], letters[middle:]
    changed = "".join(_changed(letters, middle - 1))
    return [
        Half(f"% {''.join(first)}%", f" {''.join(first)}{_one_of(_off_by_one(second))}"),
        Half(f"% {letters[0]}%{''.join(second)}%", f" {_near(first)}{''.join(second)}"),
        Half(f"% {changed}%", f" {changed}"),
    ]


def _near(letters: list[str]) -> str:
    """With the first letter as it is."""
    return letters[0] + _one_of(_off_by_one(letters[1:]))


def _off_by_one(letters: list[str]) -> list[str]:
    """Also the letters themselves, as those with another one in the place of one."""
    found: list[str] = []
    for place, letter in enumerate(letters):
        before, after = "".join(letters[:place]), "".join(letters[place + 1 :])
        any_letter = "." * len(letter)
        found += [before + any_letter + after, before + after, before + any_letter + letter + after]
        if after:
            found.append("".join(_changed(letters, place)))
    return list(dict.fromkeys(found))


def _one_of(texts: list[str]) -> str:
    return f"(?:{'|'.join(texts)})"


def _changed(letters: list[str], place: int) -> list[str]:
    """This letter and the next one in each other's place."""
    return [*letters[:place], letters[place + 1], letters[place], *letters[place + 2 :]]
