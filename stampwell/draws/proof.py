"""The draws of one program in one month as a file, whose parts prove each other."""

from datetime import date, datetime
from typing import Literal

import msgspec

from stampwell.draws.prizes import TablePrize, Why


class SeedChain(msgspec.Struct, frozen=True, kw_only=True):
    """The commitment to the seeds of `days` days from `begins` on, in hexadecimal digits."""

    commitment: str
    begins: date
    days: int


class PrizeTable(msgspec.Struct, frozen=True, kw_only=True):
    """The prizes of one draw as published. The last one has no limit: it is given where another has run out.

    `minimum_age` is for whom alone it is drawn.
    """

    minimum_age: int | None = None
    prizes: list[TablePrize]


class ProvenDraw(msgspec.Struct, frozen=True, kw_only=True):
    """`day` is that of the shop's clock, by which a limit of the day counts; `seed_day` whose seed was used.

    `drawn` and `given` are places in the table, from 0 on. A draw is taken back with its stamp, or with a customer who
    is erased before using the prize: after the draw with the number `taken_back_after` it no longer counts. When its
    milestone is reached again, the value is the same, and `repeats` is the number of the first draw. `stamps` are those
    at which it was earned first, also where other terms have moved the draw since.
    """

    number: int
    at: datetime
    day: date
    table: str
    card_id: str
    round: int
    stamps: int
    seed_day: date
    value: int
    drawn: int
    given: int
    why: Why = ""
    repeats: int | None = None
    taken_back_after: int | None = None


class DrawProof(msgspec.Struct, frozen=True, kw_only=True):
    """`seeds` are those of the days that are over, by day; `tables` are by the id of the reward that is drawn.

    Of the months before: `before` is how many draws there were, `earlier` those that were taken back or repeated in
    this one, and `given_before` how many of all others gave a prize of which there is a stock.
    """

    format: Literal["stampwell draws 1"] = "stampwell draws 1"
    program_id: str
    month: str
    made_at: datetime
    chains: list[SeedChain]
    seeds: dict[date, str]
    tables: dict[str, PrizeTable]
    before: int
    given_before: dict[str, int]
    earlier: list[ProvenDraw]
    draws: list[ProvenDraw]
