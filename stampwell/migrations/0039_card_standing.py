"""Where each card stands. The worker keeps what was there before, from the first event on."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new table is tied to it"
    dependencies = [("stampwell", "0038_event_stretches")]

    operations = [
        migrations.CreateModel(
            name="CardStanding",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("joined", models.DateTimeField()),
                ("seen", models.DateTimeField()),
                ("stamps", models.IntegerField()),
                ("to_go", models.IntegerField()),
                ("ready", models.IntegerField()),
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
                "db_table": "card_standing",
                "indexes": [
                    models.Index(fields=["merchant", "joined", "id"], name="standing_by_joining"),
                    models.Index(fields=["merchant", "seen", "id"], name="standing_by_last_visit"),
                    models.Index(fields=["merchant", "to_go", "id"], name="standing_by_stamps_to_go"),
                    models.Index(
                        condition=models.Q(("ready__gt", 0)),
                        fields=["merchant", "seen", "id"],
                        name="standing_with_reward",
                    ),
                ],
            },
        ),
        TenantKeys("card_standing"),
    ]
