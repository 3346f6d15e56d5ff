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
    """Where the stamps of a merged card went."""

    while_serving = True
    locks = "`card` and `merchant` for a moment: its new table is tied to them"
    dependencies = [("stampwell", "0056_customer_merge")]

    operations = [
        migrations.CreateModel(
            name="MergedCard",
            fields=[
                identity(),
                ("departure_id", models.UUIDField(null=True)),
                ("arrival_id", models.UUIDField(null=True)),
                ("vouchers", list_of(models.UUIDField())),
                ("external_id_moved", models.BooleanField()),
                ("card", models.ForeignKey(to="stampwell.card", **LINK)),
                ("into", models.ForeignKey(to="stampwell.card", **LINK)),
                ("merchant", models.ForeignKey(to="stampwell.merchant", **LINK)),
                ("merge", models.ForeignKey(to="stampwell.customermerge", **LINK)),
            ],
            options={
                "db_table": "merged_card",
                "indexes": [
                    models.Index(fields=["merchant", "card", "-id"], name="merged_card_by_card"),
                    models.Index(fields=["merchant", "merge"], name="merged_card_by_merge"),
                ],
            },
        ),
        TenantKeys(
            "merged_card",
            {
                "a_merged_card_is_a_card": ("card_id", "card"),
                "a_merged_card_went_into_a_card": ("into_id", "card"),
                "a_merged_card_is_of_a_merge": ("merge_id", "customer_merge"),
            },
        ),
    ]
