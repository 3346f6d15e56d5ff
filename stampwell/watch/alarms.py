"""Something is wrong, and the operator is told: once, then once a day while it lasts, and when all is well again.

    situation   told     well_since   becomes
    ---------   ------   ----------   -------------------------------------------------------------------------
    (no row)                          “wrong” when a look finds something wrong
    wrong       NULL     NULL         “told” when it has lasted long enough; no row as soon as all is well
    told        is set   NULL         “told” again a day later, or when it is worse; “calm” when a look finds nothing
    calm        is set   is set       “told” when it is found again, without a mail; no row after half an hour: that is
                                      told as well

So what comes and goes every few minutes is one mail, not fifty. All of it is decided under one lock, and written in the
transaction in which the mail is sent: a process that dies in between sends it once more.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction

from stampwell.clock import now
from stampwell.transactions import columns_of
from stampwell.watch.letters import Letter, write_letter

CALM = timedelta(minutes=30)
DAILY = timedelta(days=1)
_LOCK = 5_901_142_331  # a number of our own among the advisory locks of this database


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """`figure` is what was measured, and `name` which of it is wrong where there are several.

    `title` says what to call it, `said` what is wrong and what to do now.

    It is told when it has lasted for `after`, again after `again`, and at once when its `stage` is a higher one.
    """

    figure: str
    name: str
    title: str
    said: str
    stage: int = 0
    after: timedelta = timedelta()
    again: timedelta | None = DAILY


class AlarmRow(msgspec.Struct, frozen=True, kw_only=True):
    figure: str
    name: str
    title: str
    said: str
    stage: int
    since: datetime
    told: datetime | None
    told_stage: int
    well_since: datetime | None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept, and what a mail would say. `told` is kept instead of `kept` where the mail was sent."""

    kept: list[AlarmRow]
    told: list[AlarmRow]
    letter: Letter | None


_READ = f"SELECT {columns_of(AlarmRow)} FROM alarm ORDER BY name"
_COLUMNS = AlarmRow.__struct_fields__
_KEEP = f"INSERT INTO alarm ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"


def update_alarms(alarms: Iterable[Alarm], *, judges: Callable[[str], bool], send: Callable[[Letter], bool]) -> None:
    """Compares what is wrong with what was wrong. Alarms of a figure that it does not judge are left as they are.

    While another process does the same, nothing is done: a minute later it is our turn.
    """
    found = [alarm for alarm in alarms if judges(alarm.figure)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,))
        if cursor.fetchone() != (True,):
            return
        cursor.execute(_READ)
        rows = [AlarmRow(**dict(zip(_COLUMNS, row, strict=True))) for row in cursor.fetchall()]
        known = [row for row in rows if judges(row.figure)]
        decided = decide(known, found, now())
        is_told = decided.letter is None or send(decided.letter)
        after = decided.told if is_told else decided.kept
        if after != sorted(known, key=_name_of):
            gone = {row.name for row in (*known, *after)}  # an earlier release kept some without their figure
            cursor.execute("DELETE FROM alarm WHERE name = ANY(%s)", (list(gone),))
            cursor.executemany(_KEEP, [msgspec.structs.astuple(row) for row in after])


def decide(known: list[AlarmRow], alarms: list[Alarm], at: datetime) -> Decision:
    """Without asking anybody."""
    rows = {row.name: row for row in known}
    wrong = [_still_wrong(rows.get(alarm.name), alarm, at) for alarm in alarms]
    due = {row.name for row, alarm in zip(wrong, alarms, strict=True) if _is_due(row, alarm, at)}
    names = {alarm.name for alarm in alarms}
    calm = [_calming(row, at) for row in known if row.name not in names and row.told]
    over = [row for row in calm if row.well_since and at - row.well_since >= CALM]
    lasting = [row for row in calm if row not in over]
    told = [_told(row, at) if row.name in due else row for row in wrong]
    letter = write_letter(
        new=[row for row in wrong if row.name in due],
        old=[row for row in wrong if row.told and row.name not in due],
        over=over,
    )
    kept, told = (sorted(each, key=_name_of) for each in ([*wrong, *calm], [*told, *lasting]))
    return Decision(kept=kept, told=told, letter=letter)


def _name_of(row: AlarmRow) -> str:
    return row.name


def _still_wrong(row: AlarmRow | None, alarm: Alarm, at: datetime) -> AlarmRow:
    return AlarmRow(
        figure=alarm.figure,
        name=alarm.name,
        title=alarm.title,
        said=alarm.said,
        stage=alarm.stage,
        since=row.since if row else at,
        told=row.told if row else None,
        told_stage=row.told_stage if row else 0,
        well_since=None,
    )


def _calming(row: AlarmRow, at: datetime) -> AlarmRow:
    return msgspec.structs.replace(row, well_since=row.well_since or at)


def _is_due(row: AlarmRow, alarm: Alarm, at: datetime) -> bool:
    if row.told is None:
        return at - row.since >= alarm.after
    if row.stage > row.told_stage:
        return True
    return alarm.again is not None and at - row.told >= alarm.again


def _told(row: AlarmRow, at: datetime) -> AlarmRow:
    return msgspec.structs.replace(row, told=at, told_stage=row.stage)
