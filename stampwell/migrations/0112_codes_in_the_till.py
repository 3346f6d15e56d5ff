"""Codes that were made here wait until somebody says that the till has them.

Those that are there already are handed out as before: nobody was asked for them, and the till may well have them.
"""

from django.db import migrations, models

_LET_BE = """
    UPDATE code_batch SET in_till = written
    WHERE merchant_id = %s AND kind = 'made' AND written IS NOT NULL AND in_till IS NULL
"""


def let_old_ones_be(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT merchant_id FROM code_batch WHERE kind = 'made'")
        for (merchant_id,) in cursor.fetchall():
            cursor.execute(_LET_BE, [merchant_id])


class Migration(migrations.Migration):
    while_serving = True
    locks = "`code_batch` for a moment, then its rows of codes that were made here, a shop at a time"
    atomic = False
    dependencies = [("stampwell", "0111_discounts")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE code_batch ADD COLUMN IF NOT EXISTS in_till timestamp with time zone",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("codebatch", "in_till", models.DateTimeField(null=True))],
        ),
        migrations.RunPython(let_old_ones_be, migrations.RunPython.noop),
    ]
