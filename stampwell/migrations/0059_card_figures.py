"""What cards come to, added up, and why scans were refused. The worker reads what was there before, from the start."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _of_merchant(*fields: tuple[str, models.Field]) -> list[tuple[str, models.Field]]:
    id = models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False)
    merchant = models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="stampwell.merchant",
    )
    return [("id", id), *fields, ("merchant", merchant)]


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new tables are tied to it"
    dependencies = [("stampwell", "0058_device_use")]

    operations = [
        migrations.CreateModel(
            name="CardLife",
            fields=_of_merchant(
                ("program_id", models.UUIDField()),
                ("joined", models.DateField()),
                ("is_active", models.BooleanField()),
                ("is_saved", models.BooleanField()),
                ("is_filled", models.BooleanField()),
                ("visits", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                ("handed_out", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                ("waited", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("stamps", models.IntegerField()),
                ("goal", models.IntegerField()),
                ("ready", models.IntegerField()),
                ("pending", models.IntegerField()),
            ),
            options={"db_table": "card_life"},
        ),
        migrations.CreateModel(
            name="CardFigure",
            fields=_of_merchant(
                ("figure", models.CharField(max_length=16)),
                ("program_id", models.UUIDField()),
                ("day", models.DateField(null=True)),
                ("number", models.IntegerField()),
                ("times", models.BigIntegerField()),
            ),
            options={
                "db_table": "card_figure",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "figure", "day", "program_id", "number"),
                        name="one_figure_for_each_day_and_number",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusalTotal",
            fields=_of_merchant(
                ("day", models.DateField()),
                ("reason", models.CharField(max_length=60)),
                ("program_id", models.UUIDField(null=True)),
                ("times", models.IntegerField()),
            ),
            options={
                "db_table": "refusal_total",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "day", "reason", "program_id"),
                        name="one_total_for_each_day_and_refusal",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        TenantKeys("card_life"),
        TenantKeys("card_figure"),
        TenantKeys("refusal_total"),
    ]
