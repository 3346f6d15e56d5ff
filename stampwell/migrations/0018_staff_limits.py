"""A shop bounds what one tap gives; `stamps:override` is a scope of its own, and keys that could override still can."""

from django.db import migrations, models

_KEEP = """
    UPDATE api_key SET scopes = scopes || '{stamps:override}'::varchar[]
    WHERE merchant_id = %s AND scopes && '{stamps:write}'::varchar[] AND NOT scopes && '{stamps:override}'::varchar[]
"""


def keep_override(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM merchant ORDER BY id")
        for (merchant_id,) in cursor.fetchall():
            cursor.execute(_KEEP, [merchant_id])


class Migration(migrations.Migration):
    while_serving = False
    locks = "`merchant` for a moment; rows of `api_key`, a shop at a time"
    atomic = False

    dependencies = [("stampwell", "0017_links_scope")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE merchant ADD COLUMN IF NOT EXISTS most_stamps_at_once smallint DEFAULT 10 NOT NULL,"
            " ADD COLUMN IF NOT EXISTS most_stamps_with_override smallint DEFAULT 5 NOT NULL",
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    "merchant", "most_stamps_at_once", models.SmallIntegerField(default=10, db_default=10)
                ),
                migrations.AddField(
                    "merchant", "most_stamps_with_override", models.SmallIntegerField(default=5, db_default=5)
                ),
            ],
        ),
        migrations.RunPython(keep_override, migrations.RunPython.noop),
    ]
