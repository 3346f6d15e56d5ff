"""An event's data is kept packed: a quarter of the room. No table is rewritten: a new column is filled, some at a time.

Each batch stands for itself. Killed in the middle, it begins again and finds the rest; killed at the very end, it
finds that all is done.
"""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from django.db import migrations, models

from stampwell.events.packing import pack

BATCH = 1_000
BEGINNING = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

_TYPE = """
    SELECT data_type FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = 'event' AND column_name = 'data'
"""
_NEXT = """
    SELECT at, id, data::text FROM event
    WHERE merchant_id = %s AND at >= %s AND (at, id) > (%s, %s) AND packed IS NULL ORDER BY at, id LIMIT %s
"""
_PACK = """
    UPDATE event e SET packed = n.packed
    FROM unnest(%s::timestamptz[], %s::uuid[], %s::bytea[]) AS n (at, id, packed)
    WHERE e.merchant_id = %s AND e.at = n.at AND e.id = n.id
"""
# The check is proved without a lock that keeps others from writing; with it NOT NULL needs no look at the rows.
_PROVE = [
    "ALTER TABLE event DROP CONSTRAINT IF EXISTS an_event_has_data",
    "ALTER TABLE event ADD CONSTRAINT an_event_has_data CHECK (packed IS NOT NULL) NOT VALID",
    "ALTER TABLE event VALIDATE CONSTRAINT an_event_has_data",
]
_EXCHANGE = [
    "ALTER TABLE event ALTER COLUMN packed SET NOT NULL",
    "ALTER TABLE event DROP CONSTRAINT an_event_has_data",
    "ALTER TABLE event DROP COLUMN data",
    "ALTER TABLE event RENAME COLUMN packed TO data",
]


_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass"
_VACUUM = "autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000"


def vacuum_sooner(apps, schema_editor):
    """What is left behind when an event is put in order makes room for the next ones."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_PARTITIONS)
        for (partition,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {partition} SET ({_VACUUM})")


def pack_all(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_TYPE)
        if cursor.fetchone() == ("bytea",):
            return
        cursor.execute("ALTER TABLE event ADD COLUMN IF NOT EXISTS packed bytea")
        cursor.execute("SELECT id FROM merchant ORDER BY id")
        for (merchant_id,) in cursor.fetchall():
            pack_merchant(cursor, merchant_id)
        for statement in _PROVE:
            cursor.execute(statement)


def pack_merchant(cursor, merchant_id, *, batch=BATCH):
    at, id = BEGINNING
    while True:
        cursor.execute(_NEXT, [merchant_id, at, at, id, batch])
        rows = cursor.fetchall()
        if not rows:
            return
        packed = [pack(msgspec.json.encode(msgspec.json.decode(row[2]))) for row in rows]
        cursor.execute(_PACK, [[row[0] for row in rows], [row[1] for row in rows], packed, merchant_id])
        at, id = rows[-1][:2]


def exchange(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_TYPE)
        if cursor.fetchone() == ("bytea",):
            return
        for statement in _EXCHANGE:
            cursor.execute(statement)


class Migration(migrations.Migration):
    while_serving = False
    locks = "rows of `event`, a few at a time; then `event` for a moment"
    atomic = False

    dependencies = [("stampwell", "0015_jobs")]

    operations = [
        migrations.RunPython(vacuum_sooner, migrations.RunPython.noop),
        migrations.RunPython(pack_all, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="event", name="data"),
                migrations.AddField(
                    model_name="event",
                    name="packed",
                    field=models.BinaryField(db_column="data", default=b""),
                    preserve_default=False,
                ),
            ],
            database_operations=[migrations.RunPython(exchange, migrations.RunPython.noop, atomic=True)],
        ),
    ]
