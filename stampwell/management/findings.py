"""What a look at the installation finds: how bad it is, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    GOOD = 0
    AMBER = 1
    RED = 2


MARKS = {Level.GOOD: "good  ", Level.AMBER: "amber ", Level.RED: "RED   "}


@dataclass(frozen=True)
class Finding:
    """`text` says what is there; where it is not good, what to do now as well."""

    level: Level
    text: str

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
