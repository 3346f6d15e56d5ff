"""What each person did at the counter, by day and by card. The worker reads what was there before."""

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
    locks = "`merchant` for a moment: the new tables are tied to it"
    dependencies = [("stampwell", "0085_screen_codes")]

    operations = [
        migrations.CreateModel(
            name="HandTotal",
            fields=[
                ("id", _id()),
                ("day", models.DateField()),
                ("location_id", models.UUIDField(null=True)),
                ("staff_member_id", models.UUIDField()),
                ("times", models.IntegerField()),
                ("stamps", models.IntegerField()),
                ("overrides", models.IntegerField()),
                ("outside_hours", models.IntegerField()),
                ("by_hand", models.IntegerField()),
                ("several", models.IntegerField()),
                ("without_receipt", models.IntegerField()),
                ("rewards", models.IntegerField()),
                ("quick_rewards", models.IntegerField()),
                ("undone", models.IntegerField()),
                ("merchant", _merchant()),
            ],
            options={
                "db_table": "hand_total",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "day", "location_id", "staff_member_id"),
                        nulls_distinct=False,
                        name="one_total_for_each_hand_and_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOnCard",
            fields=[
                ("id", _id()),
                ("month", models.DateField()),
                ("staff_member_id", models.UUIDField()),
                ("card_id", models.UUIDField()),
                ("times", models.IntegerField()),
                ("days", models.IntegerField()),
                ("merchant", _merchant()),
            ],
            options={
                "db_table": "hand_on_card",
                "indexes": [
                    models.Index(
                        condition=models.Q(("times__gte", 6)), fields=["merchant", "month"], name="hand_often_on_card"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "month", "card_id", "staff_member_id"),
                        name="one_row_for_each_hand_and_card",
                    )
                ],
            },
        ),
        TenantKeys("hand_total"),
        TenantKeys("hand_on_card"),
    ]
