"""Stamps from old paper cards: whether a shop takes them over, and which were."""

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


def _id() -> models.UUIDField:
    return models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` and `card` for a moment: the new tables are tied to them"
    dependencies = [("stampwell", "0089_moments_of_kept_scans")]

    operations = [
        migrations.CreateModel(
            name="PaperRules",
            fields=[
                ("id", _id()),
                ("most_stamps", models.SmallIntegerField()),
                ("most_a_day", models.SmallIntegerField()),
                ("merchant", _key("merchant")),
            ],
            options={
                "db_table": "paper_rules",
                "constraints": [models.UniqueConstraint(fields=["merchant"], name="a_shop_has_one_set_of_paper_rules")],
            },
        ),
        migrations.CreateModel(
            name="HonouredPaper",
            fields=[
                ("id", _id()),
                ("stamp_id", models.UUIDField()),
                ("staff_member_id", models.UUIDField()),
                ("day", models.DateField()),
                ("number", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("undone", models.DateTimeField(null=True)),
                ("card", _key("card")),
                ("merchant", _key("merchant")),
            ],
            options={
                "db_table": "honoured_paper",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["merchant", "card"],
                        condition=models.Q(undone__isnull=True),
                        name="a_card_honours_one_paper",
                    ),
                    models.UniqueConstraint(fields=["merchant", "stamp_id"], name="a_stamp_has_one_paper"),
                    models.UniqueConstraint(
                        fields=["merchant", "staff_member_id", "day", "number"], name="papers_of_a_day_are_numbered"
                    ),
                ],
            },
        ),
        TenantKeys("paper_rules"),
        TenantKeys("honoured_paper", {"an_honoured_paper_is_on_a_card": ("card_id", "card")}),
    ]
