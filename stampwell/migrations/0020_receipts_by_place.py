"""A receipt's number counts where it was given: two branches may both have a receipt 1001.

Old receipts belong to the place of their stamp. Some at a time, each batch for itself: killed in the middle, it begins
again and finds the rest.
"""

from uuid import UUID

from django.db import migrations, models

BATCH = 2_000

_NEXT = "SELECT id FROM stamped_receipt WHERE merchant_id = %s AND id > %s ORDER BY id LIMIT %s"
_FILL = """
    UPDATE stamped_receipt r SET given_by = coalesce(s.location_id, s.station_id, s.api_key_id, r.merchant_id)
    FROM stamp s
    WHERE r.merchant_id = %s AND r.id = ANY(%s) AND s.merchant_id = r.merchant_id AND s.id = r.stamp_id
"""
# The check is proved without a lock that keeps others from writing; with it NOT NULL needs no look at the rows.
_PROVE = [
    "ALTER TABLE stamped_receipt DROP CONSTRAINT IF EXISTS a_receipt_was_given_somewhere",
    "ALTER TABLE stamped_receipt ADD CONSTRAINT a_receipt_was_given_somewhere CHECK (given_by IS NOT NULL) NOT VALID",
    "ALTER TABLE stamped_receipt VALIDATE CONSTRAINT a_receipt_was_given_somewhere",
    "ALTER TABLE stamped_receipt ALTER COLUMN given_by SET NOT NULL",
    "ALTER TABLE stamped_receipt DROP CONSTRAINT a_receipt_was_given_somewhere",
]


def fill_all(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM merchant ORDER BY id")
        for (merchant_id,) in cursor.fetchall():
            fill_merchant(cursor, merchant_id)
        for statement in _PROVE:
            cursor.execute(statement)


def fill_merchant(cursor, merchant_id, *, batch=BATCH):
    after = UUID(int=0)
    while True:
        cursor.execute(_NEXT, [merchant_id, after, batch])
        rows = [row[0] for row in cursor.fetchall()]
        if not rows:
            return
        cursor.execute(_FILL, [merchant_id, rows])
        after = rows[-1]


class Migration(migrations.Migration):
    while_serving = False
    locks = "rows of `stamped_receipt`, a few at a time; then that table for as long as its key is made anew"
    atomic = False

    dependencies = [("stampwell", "0019_shift_number")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField("stampedreceipt", "given_by", models.UUIDField(default=UUID(int=0)), False)
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE stamped_receipt ADD COLUMN IF NOT EXISTS given_by uuid", migrations.RunSQL.noop
                ),
                migrations.RunPython(fill_all, migrations.RunPython.noop),
            ],
        ),
        migrations.RemoveConstraint("stampedreceipt", "a_receipt_earns_once"),
        migrations.AddConstraint(
            "stampedreceipt",
            models.UniqueConstraint(
                fields=["merchant", "program_id", "given_by", "receipt_id"], name="a_receipt_earns_once"
            ),
        ),
    ]
