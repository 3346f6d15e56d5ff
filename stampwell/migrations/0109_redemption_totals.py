"""In which way rewards are used. The worker reads what was there before."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: the new table is tied to it"
    dependencies = [("stampwell", "0108_countdowns")]

    operations = [
        migrations.CreateModel(
            name="RedemptionTotal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("program_id", models.UUIDField(null=True)),
                ("way", models.CharField(max_length=12)),
                ("times", models.IntegerField()),
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
                "db_table": "redemption_total",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "day", "program_id", "way"),
                        nulls_distinct=False,
                        name="one_total_for_each_day_and_way",
                    )
                ],
            },
        ),
        TenantKeys("redemption_total"),
    ]
