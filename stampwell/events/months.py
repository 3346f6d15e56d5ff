"""The months in which events are kept: one partition each."""

from datetime import UTC, date, datetime

from django.db import IntegrityError, connection

from stampwell.clock import now

MONTHS_AHEAD = 3
# Putting an event in order writes its row a second time, and the first version stays behind. If autovacuum takes it up
# soon, the next events use its room. With the usual 20 % a busy month would need twice the room. The default partition
# has the same setting (migration 0016).
VACUUM = "autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000"


def prepare_months() -> None:
    """Makes the partitions of this month and the next ones. What lies elsewhere is kept in the default one."""
    month = now().date().replace(day=1)
    for _number in range(MONTHS_AHEAD + 1):
        following = _next_month(month)
        _make_partition(month, following)
        month = following


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _make_partition(start: date, end: date) -> None:
    name = f"event_{start:%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0]:
            return
        try:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF event"
                f" FOR VALUES FROM ('{_utc(start)}') TO ('{_utc(end)}') WITH ({VACUUM})"
            )
        except IntegrityError:
            # Events of that month are already in the default partition, where they are as safe.
            return


def _utc(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).isoformat()
