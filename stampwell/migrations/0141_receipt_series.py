"""Codes for receipts that count up: a row for each series of them, and none for a code that nobody has used."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _key(to: str) -> "models.ForeignKey":
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=f"stampwell.{to}",
    )


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` and `program` for a moment: the new table is tied to them"
    dependencies = [("stampwell", "0140_code_successors")]

    operations = [
        migrations.CreateModel(
            name="ReceiptSeries",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                ("given_by", models.UUIDField()),
                ("begins", models.CharField(blank=True, max_length=99)),
                ("digits", models.SmallIntegerField()),
                ("count", models.SmallIntegerField(null=True)),
                ("currency", models.CharField(max_length=3, null=True)),
                ("daily_limit", models.SmallIntegerField()),
                ("expires", models.DateTimeField()),
                ("end_alike", models.BooleanField()),
                ("location_id", models.UUIDField(null=True)),
                ("station_id", models.UUIDField(null=True)),
                ("api_key_id", models.UUIDField(null=True)),
                ("secret", models.BinaryField()),
                ("made", models.BinaryField()),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("merchant", _key("merchant")),
                ("program", _key("program")),
            ],
            options={
                "db_table": "receipt_series",
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "number"], name="a_number_names_one_receipt_series"),
                    models.UniqueConstraint(
                        fields=[
                            *("merchant", "program", "given_by", "begins", "digits"),
                            *("expires", "end_alike", "count", "currency", "daily_limit"),
                            *("location_id", "station_id", "api_key_id"),
                        ],
                        nulls_distinct=False,
                        name="receipts_that_are_alike_have_one_series",
                    ),
                ],
                "indexes": [models.Index(fields=["merchant", "expires"], name="receipt_series_by_end")],
            },
        ),
        TenantKeys("receipt_series", {"a_receipt_series_is_a_programs": ("program_id", "program")}),
    ]
