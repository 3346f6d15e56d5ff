"""What happened on each day, counted. The worker counts what was there before, from the first event on."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new table is tied to it"
    dependencies = [("stampwell", "0010_event_cursor")]

    operations = [
        migrations.CreateModel(
            name="DailyTotal",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                ("type", models.CharField(max_length=40)),
                ("location_id", models.UUIDField(null=True)),
                ("staff_member_id", models.UUIDField(null=True)),
                ("program_id", models.UUIDField(null=True)),
                ("times", models.IntegerField()),
                ("stamps", models.IntegerField()),
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
                "db_table": "daily_total",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "day", "type", "location_id", "staff_member_id", "program_id"),
                        name="one_total_for_each_day_and_hand",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        TenantKeys("daily_total"),
    ]
