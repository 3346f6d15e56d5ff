"""Cards that are somebody's own who works in the shop."""

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
    locks = "`merchant`, `staff_member` and `card` for a moment: the new table is tied to them"
    dependencies = [("stampwell", "0142_seconds_of_scans")]

    operations = [
        migrations.CreateModel(
            name="OwnCard",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("named_by", models.UUIDField()),
                ("since", models.DateTimeField()),
                ("card", _key("card")),
                ("merchant", _key("merchant")),
                ("staff_member", _key("staffmember")),
            ],
            options={
                "db_table": "own_card",
                "indexes": [models.Index(fields=["merchant", "staff_member"], name="own_card_by_person")],
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "card"], name="a_card_is_one_persons_own")
                ],
            },
        ),
        TenantKeys(
            "own_card",
            {
                "an_own_card_is_a_persons": ("staff_member_id", "staff_member"),
                "an_own_card_is_a_card": ("card_id", "card"),
            },
        ),
    ]
