"""A refusal in the reader's language: the facts of the moment put into its whole sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Self
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from stampwell.languages.formatting import (
    End,
    Money,
    format_date,
    format_duration,
    format_end,
    format_list,
    format_moment,
    format_money,
    format_near_moment,
    format_number,
    format_time,
)
from stampwell.refusal import Refusal


@dataclass(frozen=True)
class Explanation:
    """What is said about one refusal, ready to show in the language that was active."""

    code: str
    title: str
    staff_message: str
    customer_message: str
    what_to_do: str
    what_customer_can_do: str
    what_manager_can_do: str


def explain(refusal: Refusal, zone: ZoneInfo, *, at: datetime | None = None) -> Explanation:
    """The refusal in the active language; times are read on the clock of `zone` (the location's).

    With `at`, when it is read, a moment near it is “today at 14:05”. What is kept and read later says the date.
    """
    facts = {name: show_fact(fact, zone, at=at) for name, fact in refusal.facts.items()}
    return Explanation(
        code=refusal.code,
        title=_fill(refusal.title, facts),
        staff_message=_fill(refusal.staff_text, facts),
        customer_message=_fill(refusal.customer_text, facts),
        what_to_do=_fill(refusal.what_to_do, facts),
        what_customer_can_do=_fill(refusal.what_customer_can_do, facts),
        what_manager_can_do=_fill(refusal.what_manager_can_do or refusal.what_to_do, facts),
    )


class ShownInt(int):
    """Still a number, so that gettext can pick the plural form, but it reads "1 234" in the sentence."""

    shown: str

    @classmethod
    def of(cls, number: int) -> Self:
        shown = cls(number)
        shown.shown = format_number(number)
        return shown

    def __str__(self) -> str:
        return self.shown


def show_fact(fact: object, zone: ZoneInfo, *, at: datetime | None = None) -> object:
    match fact:
        case bool():
            raise AssertionError("a yes or no is not a text: write two sentences")
        case End() | date() | time() | timedelta():
            return _show_time(fact, zone, at)
        case Money():
            return format_money(fact)
        case int():
            return ShownInt.of(fact)
        case float() | Decimal():
            return format_number(fact)
        case list() | tuple() | set():
            return format_list(str(show_fact(part, zone, at=at)) for part in fact)
    return str(fact)


def _show_time(fact: End | date | time | timedelta, zone: ZoneInfo, at: datetime | None) -> str:
    match fact:
        case End():
            return format_end(fact.moment, fact.zone or zone)
        case datetime():
            return format_near_moment(fact, zone, now=at) if at else format_moment(fact, zone)
        case date():
            return format_date(fact)
        case time():
            return format_time(fact)
    return format_duration(fact)


def _fill(text: str | Promise, facts: Mapping[str, object]) -> str:
    # A lazy plural picks its form only while it is being filled.
    return str(text % facts) if facts else str(text)
