"""What came of a comparison: counts, money, days and places. The rows that are not fine stand in rows of their own."""

from datetime import date
from uuid import UUID

import msgspec


class DayFound(msgspec.Struct, frozen=True, kw_only=True):
    """`uses` are those that the till tells, `bad` those of them that are not fine, `not_used` what it has not seen."""

    day: date
    uses: int = 0
    bad: int = 0
    not_used: int = 0


class PlaceFound(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is what the till calls it; `location_id` is None for what is none of ours."""

    name: str
    location_id: UUID | None
    uses: int = 0
    bad: int = 0
    money: int = 0


class OtherCode(msgspec.Struct, frozen=True):
    code: str
    times: int


class CodeFound(msgspec.Struct, frozen=True):
    """A code that many are shown, as the till writes it: how often it was shown here in the time of the report, and how
    often the till counts it, less what it took back.
    """

    code: str
    shown: int
    used: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """`counts` and `money` are by verdict, in minor units of `currency`. `unread` rows could not be read.

    `known_before` of the confirmed ones were confirmed by an earlier report. `not_told` were shown in these days, and
    the report names no code of theirs. `taken_out` codes of lists leaked before anybody had seen them, and
    nobody gets them. `left_in` are those that stay, for the file may be a wrong one.
    """

    currency: str
    first_day: date | None = None
    last_day: date | None = None
    rows: int = 0
    uses: int = 0
    unread: int = 0
    known_before: int = 0
    not_told: int = 0
    taken_out: int = 0
    left_in: int = 0
    counts: dict[str, int] = {}
    money: dict[str, int] = {}
    days: list[DayFound] = []
    places: list[PlaceFound] = []
    codes: list[CodeFound] = []
    others: list[OtherCode] = []

    def count(self, *verdicts: str) -> int:
        return sum(self.counts.get(verdict, 0) for verdict in verdicts)
