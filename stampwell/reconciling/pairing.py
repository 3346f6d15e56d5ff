"""Pairing uses with what was shown by their times, one to one, as many as possible."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from stampwell.reconciling.shown import Shown, Use

type Pairs = list[tuple[Use, Shown]]


def in_time(one: Shown) -> tuple[datetime, UUID]:
    """The order in which they are paired; of one moment always the same."""
    return one.at, one.redemption_id


def pair_in_time(
    uses: Sequence[Use], shown: Sequence[Shown], *, before: timedelta, after: timedelta
) -> tuple[Pairs, list[Use]]:
    """The pairs, and the uses that are left. A use may come `after` earlier than what was shown counted as used, and
    `before` later: the names are those of the shown one's window around the use.

    What staff took at a location is paired there first; what a phone showed may have been used anywhere. Where rewards
    of different worth were shown, each is paired with what took off as much, unless more would be left alone or
    accused of another location by that.
    """
    pairs, left = _pair_by_place(uses, shown, before, after)
    if len({one.gives for one in shown}) > 1:
        others, rest = _pair_by_amount(uses, shown, before, after)
        if _rank(others) >= _rank(pairs):
            return others, rest
    return pairs, left


def _rank(pairs: Pairs) -> tuple[int, int]:
    elsewhere = sum(bool(use.location_id and one.location_id not in (None, use.location_id)) for use, one in pairs)
    return len(pairs), -elsewhere


def _pair_by_amount(
    uses: Sequence[Use], shown: Sequence[Shown], before: timedelta, after: timedelta
) -> tuple[Pairs, list[Use]]:
    by_amount: dict[int, list[Use]] = defaultdict(list)
    for use in uses:
        by_amount[use.amount].append(use)
    worths: dict[int | None, list[Shown]] = defaultdict(list)
    for one in shown:
        worths[one.gives].append(one)
    pairs: Pairs = []
    left: list[Use] = []
    for amount, some in by_amount.items():
        fresh, rest = _pair_by_place(some, worths.get(amount, []), before, after, is_far=False)
        pairs += fresh
        left += rest
    taken = {one.redemption_id for _use, one in pairs}
    fresh, left = _pair_by_place(left, [one for one in shown if one.redemption_id not in taken], before, after)
    return pairs + fresh, left


def _pair_by_place(
    uses: Sequence[Use], shown: Sequence[Shown], before: timedelta, after: timedelta, *, is_far: bool = True
) -> tuple[Pairs, list[Use]]:
    """`is_far` is whether the places may be two that do not fit."""
    places: dict[UUID | None, list[Shown]] = defaultdict(list)
    for one in sorted(shown, key=in_time):
        places[one.location_id].append(one)
    pairs: Pairs = []
    left: list[Use] = []
    by_place: dict[UUID | None, list[Use]] = defaultdict(list)
    for use in sorted(uses, key=lambda use: use.row):
        by_place[use.location_id].append(use)
    for place, some in by_place.items():
        own = places[place] if place else []
        fresh, rest = _pair(some, own, before, after)
        pairs += fresh
        left += rest
    taken = {one.redemption_id for _use, one in pairs}
    anywhere = [one for one in places[None] if one.redemption_id not in taken]
    fresh, left = _pair(left, anywhere, before, after)
    pairs += fresh
    if not is_far:
        return pairs, left
    # What the till tells without a place may be what staff took at one, and the other way round with a wrong place.
    taken |= {one.redemption_id for _use, one in fresh}
    rest_shown = sorted(
        (one for some in places.values() for one in some if one.redemption_id not in taken), key=in_time
    )
    fresh, left = _pair(left, rest_shown, before, after)
    return pairs + fresh, left


def _pair(uses: Sequence[Use], shown: list[Shown], before: timedelta, after: timedelta) -> tuple[Pairs, list[Use]]:
    if not shown:
        return [], list(uses)
    timed = [use for use in uses if use.at is not None]
    pairs, left, rest = _pair_moments(timed, shown, before, after)
    fresh, left_days = pair_by_day([use for use in uses if use.at is None], rest)
    return [*pairs, *fresh], [*left, *left_days]


def pair_by_day(uses: Sequence[Use], shown: Sequence[Shown]) -> tuple[Pairs, list[Use]]:
    """Whatever their times; where not even the day is told, by their counts."""
    pairs, left, rest = _pair_days([use for use in uses if use.day is not None], shown)
    counts = [use for use in uses if use.day is None]
    last = list(zip(counts, rest, strict=False))
    return [*pairs, *last], [*left, *counts[len(last) :]]


def _pair_moments(
    uses: Sequence[Use], shown: Sequence[Shown], before: timedelta, after: timedelta
) -> tuple[Pairs, list[Use], list[Shown]]:
    """All windows are of one length, so the earliest that fits is the right one for the earliest that is open."""
    pairs: Pairs = []
    left: list[Use] = []
    rest: list[Shown] = []
    place = 0
    for use in sorted(uses, key=lambda use: (use.at, use.row)):
        assert use.at is not None
        while place < len(shown) and shown[place].at < use.at - before:
            rest.append(shown[place])
            place += 1
        if place < len(shown) and shown[place].at <= use.at + after:
            pairs.append((use, shown[place]))
            place += 1
        else:
            left.append(use)
    return pairs, left, [*rest, *shown[place:]]


def _pair_days(uses: Sequence[Use], shown: Sequence[Shown]) -> tuple[Pairs, list[Use], list[Shown]]:
    """By the day alone; a till's day may end after midnight, so what is left is looked for the day before and after."""
    pairs: Pairs = []
    left = sorted(uses, key=lambda use: (use.day, use.row))
    rest = [*shown]
    for shift in (0, 1, -1):
        days = [(one.day, number) for number, one in enumerate(rest)]
        days.sort()
        taken: set[int] = set()
        still: list[Use] = []
        used_until: dict[object, int] = {}
        for use in left:
            assert use.day is not None
            day = use.day + timedelta(days=shift)
            at = used_until.get(day, bisect_left(days, (day, -1)))
            if at < len(days) and days[at][0] == day:
                pairs.append((use, rest[days[at][1]]))
                taken.add(days[at][1])
                used_until[day] = at + 1
            else:
                still.append(use)
        rest = [one for number, one in enumerate(rest) if number not in taken]
        left = still
    return pairs, left, rest
