"""What the reader of the journal asks for, and its place in an address."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.recording import EventType
from stampwell.events.rows import EventRow
from stampwell.ids import private_id, public_id
from stampwell.insight.event_stretches import EventKind
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.merchants.local_time import end_of_day, local_day, start_of_day
from stampwell.merchants.models import Merchant
from stampwell.refusal import REFUSALS

type Group = Literal["stamps", "rewards", "cards", "refused", "undone", "shop"]
type Narrow = Literal["given", "earned", "handed_out", "new_cards"]
type Period = Literal["today", "yesterday", "week", "month", "days"]
GROUPS: tuple[Group, ...] = get_args(Group.__value__)
# Parts of a group, for whoever asks what a figure is made of: a figure falls by what was taken back.
NARROW: dict[Narrow, tuple[Group, tuple[str, ...]]] = {
    "given": ("stamps", ("stamp.added", "stamp.reversed")),
    "earned": ("rewards", ("voucher.issued",)),
    "handed_out": ("rewards", ("voucher.redeemed", "voucher.reversed")),
    "new_cards": ("cards", ("card.issued",)),
}
PERIODS: tuple[Period, ...] = get_args(Period.__value__)
# Said by another line already: the voucher that the milestone gave, or the draw. Words that came without one are told.
LEFT_OUT = ("milestone.reached", "voucher.ready")
# What one report of a till has confirmed, each code that a voucher was given or waits for, and the reminders of a
# morning would fill the journal; they are told where a card or a voucher is asked for.
LEFT_OUT_OF_ALL = (*LEFT_OUT, "voucher.confirmed", "voucher.ending", "code.handed_out", "code.awaited")
# Each is of a job that gives new terms to many cards; the line of their publishing tells of all.
ALWAYS_FOLDED = ("card.terms_changed",)
FOLDED_OF_IMPORT = ("card.issued", "stamp.added")
FOLDED_OF_UNDOING = ("stamp.reversed", "card.voided", "customer.erased")
# Of an event `e`: whether one line tells of it and of many others.
IS_FOLDED = f"""(
    e.type = 'card.terms_changed' OR (e.source = 'import' AND e.type IN {(*FOLDED_OF_IMPORT, *FOLDED_OF_UNDOING)})
)"""
# Of an event `e`: whether a line may tell of it.
IS_TOLD = "(e.type <> ALL(%(left_out)s) OR (e.type = 'milestone.reached' AND e.voucher_id IS NULL))"
_UNDONE = ("stamp.reversed", "voucher.reversed", "voucher.partly_reversed", "import.undone")
_BY_SUBJECT: dict[str, Group] = {
    "stamp": "stamps",
    "voucher": "rewards",
    "code": "rewards",
    "draw": "rewards",
    "milestone": "rewards",
    "card": "cards",
    "import": "cards",
    "round": "cards",
    "consent": "cards",
    "customer": "cards",
    "scan": "refused",
}
LONGEST_WORDS = 100
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)  # beyond them there is no shop


class NotAPeriod(Exception):
    """The days that were given are not days, or the last one comes before the first."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one job has done to cards, which one line tells: `line` is its number, `name` what the reader calls it.

    An import has given its events ids of a row of their own; the others have None there.
    """

    line: int
    name: str
    types: tuple[str, ...]
    since: datetime
    until: datetime | None = None
    program: UUID | None = None
    source: str | None = None
    first_id: UUID | None = None
    last_id: UUID | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is None is not asked for. `until` is the moment at which the period is over; `words` are those
    that somebody looks for; `each` asks for each line of what a job has done to many cards. `reason` is the code of a
    refusal, and asks also for those that are called the same. `weekday` (Monday is 0) and `hour` are by the clock of
    `zone`, the shop's.
    """

    words: str = ""

    group: Group | Narrow | None = None
    person: UUID | None = None
    device: UUID | None = None
    location: UUID | None = None
    program: UUID | None = None
    period: Period | None = None
    since: datetime | None = None
    until: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    each: bool = False
    part: Part | None = None
    reason: str = ""
    weekday: int | None = None
    hour: int | None = None
    zone: str = "UTC"

    @property
    def reasons(self) -> frozenset[str]:
        """All codes that are called the same to the reader as the one that is asked for; none where none is."""
        if not self.reason:
            return frozenset()
        title = _title_of(self.reason)
        return frozenset({self.reason, *(code for code in REFUSALS if _title_of(code) == title)})

    @property
    def types(self) -> list[str] | None:
        """All types of the group or of the part; None without one."""
        if self.part:
            return list(self.part.types)
        if self.reason:
            return ["scan.refused"]
        return _types_of(self.group) if self.group else None

    @property
    def left_out(self) -> list[str]:
        return list(LEFT_OUT if self.words else LEFT_OUT_OF_ALL)

    @property
    def tab(self) -> Group | None:
        """The group that what is asked for is a part of."""
        match self.group:
            case "given" | "earned" | "handed_out" | "new_cards":
                return NARROW[self.group][0]
            case _:
                return self.group

    @property
    def is_folded(self) -> bool:
        """Whether a job's work on many cards is told by one line. Not where that line would not be: on the cards that
        words name, and among the lines of a program's cards. No figure counts an import: what one is made of never has
        its lines.
        """
        if self.group in NARROW and not (self.each or self.part or self.words):
            return True
        return not (self.each or self.part or self.words or self.program)

    @property
    def has_filter(self) -> bool:
        """Whether something is asked that days alone do not answer."""
        if self.reason or self.weekday is not None or self.hour is not None:
            return True
        return any((self.group, self.person, self.device, self.location, self.program, self.part))

    def fits(self, kind: EventKind) -> bool:
        types = self.types
        program = self.part.program if self.part else self.program
        return (
            (kind.type == "milestone.reached" or kind.type not in LEFT_OUT_OF_ALL)
            and (types is None or kind.type in types)
            and not (self.is_folded and kind.type in ALWAYS_FOLDED)
            and program in (None, kind.program_id)
            and self.person in (None, kind.staff_member_id)
            and self.device in (None, kind.device_id)
            and self.location in (None, kind.location_id)
        )

    @property
    def address(self) -> dict[str, str]:
        """As it stands in a link."""
        ids = {
            "person": ("stf", self.person),
            "device": ("dev", self.device),
            "location": ("loc", self.location),
            "program": ("prg", self.program),
        }
        fields = {name: public_id(kind, id) for name, (kind, id) in ids.items() if id}
        days = {"from": self.first_day, "to": self.last_day} if self.period == "days" else {}
        return {
            "q": self.words,
            "kind": self.group or "",
            **fields,
            "period": self.period or "",
            **{name: day.isoformat() for name, day in days.items() if day},
            "reason": self.reason,
            "weekday": "" if self.weekday is None else str(self.weekday),
            "hour": "" if self.hour is None else str(self.hour),
            "each": "1" if self.each else "",
            "of": str(self.part.line) if self.part else "",
        }

    def query(self, **changes: str) -> str:
        """The link with some of it changed; "" takes a part away."""
        return urlencode({name: value for name, value in (self.address | changes).items() if value})


@cache  # a filter asks it of each kind of event that the shop has had
def _types_of(group: Group | Narrow) -> list[str]:
    match group:
        case "given" | "earned" | "handed_out" | "new_cards":
            return list(NARROW[group][1])
        case _:
            return [type for type in get_args(EventType) if group_of(type) == group]


def without_said_elsewhere(rows: list[EventRow]) -> list[EventRow]:
    """Without the milestones whose words were drawn: the line of the draw tells them. No SQL can look into an event."""
    return [row for row in rows if row.type != "milestone.reached" or row.facts.get("words")]


def group_of(type: str) -> Group:
    """What nobody here knows is of the shop, so that nothing goes missing."""
    if type in _UNDONE:
        return "undone"
    return _BY_SUBJECT.get(type.partition(".")[0], "shop")


def read_wanted(merchant: Merchant, given: Mapping[str, str]) -> Wanted:
    """What is not known here is not asked for. Raises NotAPeriod."""
    period = next((one for one in PERIODS if one == given.get("period")), None)
    if period is None and (given.get("from") or given.get("to")):
        period = "days"
    first, last = _days_of(merchant, period, given)
    return Wanted(
        words=words_in(given.get("q", "")),
        group=next((one for one in (*GROUPS, *NARROW) if one == given.get("kind")), None),
        person=private_id("stf", given.get("person", "")),
        device=private_id("dev", given.get("device", "")),
        location=private_id("loc", given.get("location", "")),
        program=private_id("prg", given.get("program", "")),
        period=period,
        since=start_of_day(merchant, first) if first else None,
        until=end_of_day(merchant, last) if last else None,
        first_day=first,
        last_day=last,
        each=given.get("each") == "1",
        reason=reason if (reason := given.get("reason", "")) in REFUSALS else "",
        weekday=_number(given.get("weekday", ""), most=6),
        hour=_number(given.get("hour", ""), most=23),
        zone=merchant.time_zone,
    )


def _title_of(code: str) -> str:
    return str(REFUSALS[code].title) if code in REFUSALS else code


def _number(text: str, *, most: int) -> int | None:
    """None for what is none, or is more."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) <= most else None


def words_in(given: str) -> str:
    return clean_text(given[:LONGEST_GIVEN])[:LONGEST_WORDS].strip()


def _days_of(merchant: Merchant, period: Period | None, given: Mapping[str, str]) -> tuple[date | None, date | None]:
    today = local_day(merchant, now())
    match period:
        case "today":
            return today, today
        case "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
        case "week":
            return today - timedelta(days=6), today
        case "month":
            return today - timedelta(days=29), today
        case "days":
            return _chosen(given)
    return None, None


def _chosen(given: Mapping[str, str]) -> tuple[date | None, date | None]:
    first, last = _day(given.get("from", "")), _day(given.get("to", ""))
    if first and last and last < first:
        raise NotAPeriod
    return first, last


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise NotAPeriod from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise NotAPeriod
    return day
