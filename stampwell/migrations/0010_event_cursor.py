"""Every follower of the events has a cursor of its own; the wallets' moves there, one for each of them."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.clock import new_id, now
from stampwell.tenancy import TenantKeys


def move_cursors(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT merchant_id, last_sequence FROM wallet_feed")
        for merchant_id, last_sequence in cursor.fetchall():
            for name in ("apple", "google"):
                cursor.execute(
                    "INSERT INTO event_cursor (merchant_id, id, name, last_sequence, moved)"
                    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (merchant_id, name) DO NOTHING",
                    (merchant_id, new_id(), name, last_sequence, now()),
                )


class Migration(migrations.Migration):
    while_serving = False
    locks = "`wallet_feed` for as long as its rows are copied, one for each shop"
    dependencies = [("stampwell", "0009_who_did_old_events")]

    operations = [
        migrations.CreateModel(
            name="EventCursor",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=40)),
                ("last_sequence", models.BigIntegerField(default=0)),
                ("moved", models.DateTimeField(default=stampwell.clock.now)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stampwell.merchant",
                    ),
                ),
            ],
            options={
                "db_table": "event_cursor",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "name"), name="one_cursor_for_each_follower")
                ],
            },
        ),
        TenantKeys("event_cursor"),
        migrations.RunPython(move_cursors, migrations.RunPython.noop),
        migrations.RemoveField(model_name="walletfeed", name="last_sequence"),
    ]
