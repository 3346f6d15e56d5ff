"""Programs that somebody has begun to fill in and not published."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` and `program` for a moment: the new table is tied to them"
    dependencies = [("stampwell", "0070_prices")]

    operations = [
        migrations.CreateModel(
            name="SavedDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("version_id", models.UUIDField(null=True)),
                ("name", models.CharField(max_length=200)),
                ("fields", models.JSONField()),
                ("form", models.SmallIntegerField()),
                ("revision", models.IntegerField(default=1)),
                ("staff_member_id", models.UUIDField()),
                ("saved", models.DateTimeField(default=stampwell.clock.now)),
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
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stampwell.program",
                    ),
                ),
            ],
            options={"db_table": "program_draft"},
        ),
        TenantKeys("program_draft", {"a_draft_is_of_a_program": ("program_id", "program")}),
    ]
