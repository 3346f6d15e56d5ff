"""What looked odd, and somebody has found fine."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` and `staff_member` for a moment: the new table is tied to them"
    dependencies = [("stampwell", "0091_protection")]

    operations = [
        migrations.CreateModel(
            name="SeenOddity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(max_length=20)),
                ("card_id", models.UUIDField(null=True)),
                ("found", models.IntegerField()),
                ("out_of", models.IntegerField()),
                ("seen_by", models.UUIDField()),
                ("seen", models.DateTimeField()),
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
                (
                    "staff_member",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stampwell.staffmember",
                    ),
                ),
            ],
            options={
                "db_table": "seen_oddity",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "staff_member", "reason", "card_id"),
                        nulls_distinct=False,
                        name="an_oddity_is_seen_once",
                    )
                ],
            },
        ),
        TenantKeys("seen_oddity", {"a_seen_oddity_is_about_a_person": ("staff_member_id", "staff_member")}),
    ]
