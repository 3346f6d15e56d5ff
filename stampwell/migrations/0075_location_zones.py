"""The shop's row knows which of its locations have another clock."""

from django.db import migrations, models

_FILL = """
    UPDATE merchant SET location_zones = found.zones
    FROM (
        SELECT jsonb_object_agg(l.id, l.time_zone) AS zones
        FROM location l JOIN merchant m ON m.id = l.merchant_id
        WHERE l.merchant_id = %s AND l.time_zone <> m.time_zone
    ) found
    WHERE merchant.id = %s AND found.zones IS NOT NULL
"""


def note_zones(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM merchant ORDER BY id")
        for (merchant_id,) in cursor.fetchall():
            cursor.execute(_FILL, [merchant_id, merchant_id])


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment; its rows, a shop at a time"
    atomic = False
    dependencies = [("stampwell", "0074_retention")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE merchant ADD COLUMN IF NOT EXISTS location_zones jsonb DEFAULT '{}'::jsonb NOT NULL",
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField("merchant", "location_zones", models.JSONField(default=dict, db_default={})),
            ],
        ),
        migrations.RunPython(note_zones, migrations.RunPython.noop),
    ]
