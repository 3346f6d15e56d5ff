import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys

LINK = {
    "db_constraint": False,
    "db_index": False,
    "on_delete": django.db.models.deletion.DO_NOTHING,
    "related_name": "+",
}


def identity() -> tuple[str, models.Field]:
    return (
        "id",
        models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
    )


def list_of(field: models.Field) -> models.Field:
    return django.contrib.postgres.fields.ArrayField(base_field=field, size=None)


class Migration(migrations.Migration):
    """Two customers who turned out to be one."""

    while_serving = True
    locks = "`customer` and `merchant` for a moment"
    dependencies = [("stampwell", "0055_sessions_of_accounts")]

    operations = [
        migrations.AddField("customer", "merged_into", models.UUIDField(null=True)),
        migrations.CreateModel(
            name="CustomerMerge",
            fields=[
                identity(),
                ("merged", models.DateTimeField()),
                ("undone", models.DateTimeField(null=True)),
                ("forgotten", models.DateTimeField(null=True)),
                ("filled", list_of(models.CharField(max_length=10))),
                ("tags", list_of(models.UUIDField())),
                ("notes", list_of(models.UUIDField())),
                ("cards", list_of(models.UUIDField())),
                ("consent_id", models.UUIDField(null=True)),
                ("customer", models.ForeignKey(to="stampwell.customer", **LINK)),
                ("merchant", models.ForeignKey(to="stampwell.merchant", **LINK)),
                ("other", models.ForeignKey(to="stampwell.customer", **LINK)),
            ],
            options={
                "db_table": "customer_merge",
                "indexes": [
                    models.Index(fields=["merchant", "customer"], name="merge_by_customer"),
                    models.Index(
                        condition=models.Q(("forgotten__isnull", True), ("undone__isnull", True)),
                        fields=["merged", "merchant"],
                        name="merge_by_age",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone__isnull", True)),
                        fields=("merchant", "other"),
                        name="a_customer_is_merged_into_one",
                    )
                ],
            },
        ),
        TenantKeys(
            "customer_merge",
            {
                "a_merge_is_into_a_customer": ("customer_id", "customer"),
                "a_merge_is_of_a_customer": ("other_id", "customer"),
            },
        ),
    ]
