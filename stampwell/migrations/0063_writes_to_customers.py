"""Whether a shop writes to its customers: only then they are asked. One that somebody agreed with is taken to."""

from django.db import migrations, models

_WITH_CONSENT = """
    UPDATE merchant SET writes_to_customers = TRUE
    WHERE id = %s AND EXISTS (SELECT FROM consent WHERE consent.merchant_id = %s)
"""


def keep_asking(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM merchant ORDER BY id")
        for (merchant_id,) in cursor.fetchall():
            cursor.execute(_WITH_CONSENT, [merchant_id, merchant_id])


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment; its rows, a shop at a time"
    atomic = False
    dependencies = [("stampwell", "0062_recovery_link")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE merchant ADD COLUMN IF NOT EXISTS writes_to_customers boolean DEFAULT false NOT NULL",
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    "merchant", "writes_to_customers", models.BooleanField(default=False, db_default=False)
                ),
            ],
        ),
        migrations.RunPython(keep_asking, migrations.RunPython.noop),
    ]
