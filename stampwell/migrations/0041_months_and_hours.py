"""What happened in each month and hour, counted. The worker counts what was there before, from the first event on."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new tables are tied to it"
    dependencies = [("stampwell", "0040_month_of_birth")]

    operations = [
        migrations.CreateModel(
            name="MonthlyTotal",
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
                "db_table": "monthly_total",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "day", "type", "location_id", "staff_member_id", "program_id"),
                        name="one_total_for_each_month_and_hand",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        TenantKeys("monthly_total"),
        migrations.CreateModel(
            name="HourlyTotal",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                ("hour", models.SmallIntegerField()),
                ("type", models.CharField(max_length=40)),
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
                "db_table": "hourly_total",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "type", "day", "hour"), name="one_total_for_each_hour"
                    )
                ],
            },
        ),
        TenantKeys("hourly_total"),
    ]
