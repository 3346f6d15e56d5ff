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


class Migration(migrations.Migration):
    """The shop's own words and notes about its customers."""

    while_serving = True
    locks = "`merchant` and `customer` for a moment"
    dependencies = [("stampwell", "0049_birthdays_in_order")]

    operations = [
        migrations.CreateModel(
            name="Tag",
            fields=[
                identity(),
                ("name", models.CharField(max_length=40)),
                ("folded", models.CharField(max_length=80)),
                ("merchant", models.ForeignKey(to="stampwell.merchant", **LINK)),
            ],
            options={
                "db_table": "tag",
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "folded"], name="a_tag_is_one_however_written")
                ],
            },
        ),
        TenantKeys("tag"),
        migrations.CreateModel(
            name="Tagging",
            fields=[
                identity(),
                ("customer", models.ForeignKey(to="stampwell.customer", **LINK)),
                ("merchant", models.ForeignKey(to="stampwell.merchant", **LINK)),
                ("tag", models.ForeignKey(to="stampwell.tag", **LINK)),
            ],
            options={
                "db_table": "tagging",
                "indexes": [models.Index(fields=["merchant", "customer"], name="tagging_by_customer")],
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "tag", "customer"], name="a_tag_is_given_once")
                ],
            },
        ),
        TenantKeys(
            "tagging",
            {"a_tagging_is_of_a_tag": ("tag_id", "tag"), "a_tagging_is_of_a_customer": ("customer_id", "customer")},
        ),
        migrations.CreateModel(
            name="CustomerNote",
            fields=[
                identity(),
                ("staff_member_id", models.UUIDField()),
                ("text", models.CharField(max_length=500)),
                ("written", models.DateTimeField()),
                ("customer", models.ForeignKey(to="stampwell.customer", **LINK)),
                ("merchant", models.ForeignKey(to="stampwell.merchant", **LINK)),
            ],
            options={
                "db_table": "customer_note",
                "indexes": [models.Index(fields=["merchant", "customer", "-written"], name="note_by_customer")],
            },
        ),
        TenantKeys("customer_note", {"a_note_is_about_a_customer": ("customer_id", "customer")}),
    ]
