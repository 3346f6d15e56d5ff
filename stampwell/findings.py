"""What a look at the installation finds: how bad it is, and what to do."""

from collections.abc import Iterable
from enum import IntEnum

import msgspec


class Level(IntEnum):
    GOOD = 0
    AMBER = 1
    RED = 2


MARKS = {Level.GOOD: "good  ", Level.AMBER: "amber ", Level.RED: "RED   "}


class Finding(msgspec.Struct, frozen=True):
    """`text` says what is there; where it is not good, what to do now as well.

    `quoted` is what another side said, in its own English; `more` tells at length how to get what is missing.
    """

    level: Level
    text: str
    quoted: str = ""
    more: str = ""

    def __str__(self) -> str:
        return f"{MARKS[self.level]}{self.text}"


def good(text: str) -> Finding:
    return Finding(Level.GOOD, text)


def amber(text: str) -> Finding:
    return Finding(Level.AMBER, text)


def red(text: str) -> Finding:
    return Finding(Level.RED, text)


def worst_of(findings: Iterable[Finding]) -> Level:
    return max((finding.level for finding in findings), default=Level.GOOD)
