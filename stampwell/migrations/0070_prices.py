"""What rewards cost and visits bring, as the owner says, and what was spent. The worker reads what was there before."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`program` and `merchant` for a moment: a new table is tied to the latter"
    dependencies = [("stampwell", "0069_imprint")]

    operations = [
        migrations.AddField("program", "reward_cost", models.BigIntegerField(null=True)),
        migrations.AddField("program", "visit_value", models.BigIntegerField(null=True)),
        migrations.AddField("program", "priced_in", models.CharField(db_default="", default="", max_length=3)),
        migrations.CreateModel(
            name="PurchaseTotal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("program_id", models.UUIDField()),
                ("currency", models.CharField(max_length=3)),
                ("times", models.IntegerField()),
                ("amount", models.BigIntegerField()),
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
                "db_table": "purchase_total",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "day", "program_id", "currency"),
                        name="one_total_for_each_day_and_currency",
                    )
                ],
            },
        ),
        TenantKeys("purchase_total"),
    ]
