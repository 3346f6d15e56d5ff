"""Customers who do not come any more are deleted after so many months, where a shop wants it."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _merchant() -> "models.ForeignKey":
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="stampwell.merchant",
    )


def _id() -> models.UUIDField:
    return models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` and `customer` for a moment: the new tables are tied to them"
    dependencies = [("stampwell", "0073_archive_at_the_desk")]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", _id()),
                ("months", models.SmallIntegerField()),
                ("day", models.DateField(null=True)),
                ("day_number", models.IntegerField(default=0)),
                ("budget", models.IntegerField(default=0)),
                ("told", models.IntegerField(default=0)),
                ("erased", models.IntegerField(default=0)),
                ("seen_after", models.DateTimeField(null=True)),
                ("card_after", models.UUIDField(null=True)),
                ("merchant", _merchant()),
            ],
            options={
                "db_table": "retention",
                "constraints": [models.UniqueConstraint(fields=["merchant"], name="a_shop_has_one_retention")],
            },
        ),
        migrations.CreateModel(
            name="ErasureWarning",
            fields=[
                ("id", _id()),
                ("told", models.DateTimeField()),
                ("day_number", models.IntegerField()),
                ("kept", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stampwell.customer",
                    ),
                ),
                ("merchant", _merchant()),
            ],
            options={
                "db_table": "erasure_warning",
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "customer"], name="a_customer_has_one_warning")
                ],
            },
        ),
        TenantKeys("retention"),
        TenantKeys("erasure_warning"),
    ]
