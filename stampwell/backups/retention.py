"""Which planned backups are kept: the newest of each day, week and month, as many as wanted, and those before upgrades.

A name says whose it is, when it was made, and before which step of an upgrade; what has another name is not ours and
is never touched.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

_NAME = re.compile(r"stampwell-([0-9a-f]{8})-(\d{8}T\d{6})Z(?:-before-([0-9A-Za-z_]+))?\.tar(\.age)?")
# The way back to the release before: an upgrade shows its faults in days, and may be begun several times on one.
BEFORE_UPGRADE = timedelta(days=30)
_MOMENT = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Keep:
    days: int
    weeks: int
    months: int


def installation_mark(token_key: bytes) -> str:
    """Two installations may write to one place, and each deletes only its own. Nobody learns the key from it."""
    return blake2b(key=token_key, digest_size=4, person=b"backup-name").hexdigest()


def name_for(mark: str, made: datetime, *, sealed: bool, before_step: str = "") -> str:
    before = f"-before-{before_step}" if before_step else ""
    return f"stampwell-{mark}-{made.astimezone(UTC):{_MOMENT}}Z{before}.tar{'.age' if sealed else ''}"


def made_at(name: str, whose: str) -> datetime | None:
    """None for what this installation has not made."""
    found = _NAME.fullmatch(name)
    if not found or found[1] != whose:
        return None
    try:
        return datetime.strptime(found[2], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def no_longer_wanted(names: Iterable[str], whose: str, keep: Keep) -> list[str]:
    """The newest of all is never among them."""
    made = {name: moment for name in names if (moment := made_at(name, whose))}
    newest_first = sorted(made, key=lambda name: made[name], reverse=True)
    wanted = set(newest_first[:1])
    for count, period in ((keep.days, _day), (keep.weeks, _week), (keep.months, _month)):
        wanted |= set(_newest_of_each(newest_first, made, period)[:count])
    return sorted(set(made) - wanted - _before_upgrades(newest_first, made))


def _before_upgrades(newest_first: list[str], made: Mapping[str, datetime]) -> set[str]:
    """The first and the last of each day and step: an upgrade that is begun again and again does not fill the disk.

    Their age is that against the newest, not against a clock that may be ahead.
    """
    first: dict[tuple[object, ...], str] = {}
    last: dict[tuple[object, ...], str] = {}
    for name in newest_first:
        step = _before_step(name)
        if step and made[newest_first[0]] - made[name] <= BEFORE_UPGRADE:
            which = (step, *_day(made[name]))
            first[which] = name
            last.setdefault(which, name)
    return {*first.values(), *last.values()}


def _before_step(name: str) -> str | None:
    found = _NAME.fullmatch(name)
    return found[3] if found else None


def _newest_of_each(
    newest_first: list[str], made: dict[str, datetime], period: Callable[[datetime], tuple[int, ...]]
) -> list[str]:
    newest: dict[tuple[int, ...], str] = {}
    for name in newest_first:
        newest.setdefault(period(made[name]), name)
    return list(newest.values())


def _day(moment: datetime) -> tuple[int, ...]:
    return (moment.year, moment.month, moment.day)


def _week(moment: datetime) -> tuple[int, ...]:
    return tuple(moment.isocalendar()[:2])


def _month(moment: datetime) -> tuple[int, ...]:
    return (moment.year, moment.month)
