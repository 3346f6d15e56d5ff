"""How often what was drawn in a program is counted once, not whenever somebody asks."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _names(to: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=f"stampwell.{to}",
    )


class Migration(migrations.Migration):
    while_serving = True
    locks = "`program` and `merchant` for a moment, for the keys of the new table"
    dependencies = [("stampwell", "0136_single_codes_withdrawn")]

    operations = [
        migrations.CreateModel(
            name="DrawTally",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("counted", models.IntegerField()),
                ("tally", models.JSONField()),
                ("merchant", _names("merchant")),
                ("program", _names("program")),
            ],
            options={
                "db_table": "draw_tally",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "program"), name="one_tally_of_draws_for_each_program")
                ],
            },
        ),
        TenantKeys("draw_tally", {"a_tally_of_draws_is_a_programs": ("program_id", "program")}),
    ]
