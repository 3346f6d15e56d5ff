"""What was shown here, as the till's report is held against it."""

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.programs.limits import COUNTDOWN
from stampwell.reconciling.amounts import Sureness

CodeKind = Literal["many", "one"]


class Confirmed(msgspec.Struct, frozen=True):
    """What a report has said of a redemption before."""

    at: datetime | None
    receipt: str


# gc=False: a report has a hundred thousand of them, and none can hold itself.
class Shown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A redemption, and with it the code that was shown: `at` is when it counted as used, which of a code on a
    customer's phone is when its countdown had ended; `since` is when that began. `location_id` is where staff or a
    device took it; None of a phone. `gives` is the most that its reward takes off, None where its terms do not say it.
    `confirmed` is what another report has said of it; `is_told` whether this one has, in a run that was cut off.
    """

    redemption_id: UUID
    voucher_id: UUID
    card_id: UUID
    key: str
    at: datetime
    day: date
    since: datetime | None = None
    location_id: UUID | None = None
    gives: int | None = None
    receipt: str = ""
    is_reversed: bool = False
    confirmed: Confirmed | None = None
    is_told: bool = False


class OurCode(msgspec.Struct, frozen=True, kw_only=True):
    """`many` are shown the same text; `one` stands for a single voucher.

    `source` is what the code belongs to, the reward or the pool: a report that names none of its codes is not about it.
    `places` are the locations where it counts; empty means all. A phone shows it for `countdown` before it counts as
    used.
    """

    key: str
    kind: CodeKind
    source: str
    places: frozenset[UUID] = frozenset()
    countdown: timedelta = timedelta(minutes=COUNTDOWN)


# gc=False: a report has a hundred thousand of them, and none can hold itself.
class Use(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A use that the till tells: the rows of one receipt with one code are one. `more` is how many rows there were
    beyond the first: one receipt may hold as many. `at` is None where only the day was told, `day` where not even that.
    `amount_is` is whether the code took off all of it.
    """

    row: int
    code: str
    key: str
    at: datetime | None
    day: date | None
    place: str = ""
    location_id: UUID | None = None
    amount: int = 0
    amount_is: Sureness = "unsure"
    receipt: str = ""
    more: int = 0
    is_refund: bool = False
