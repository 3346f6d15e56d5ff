"""Limits of a day beyond which a manager has to agree, and what counts towards them."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: it gets columns, and the new table is tied to it"
    dependencies = [("stampwell", "0090_old_paper_cards")]

    operations = [
        migrations.AddField("merchant", "most_stamps_on_card_a_day", models.SmallIntegerField(null=True)),
        migrations.AddField("merchant", "most_stamps_by_person_a_day", models.SmallIntegerField(null=True)),
        migrations.AddField("merchant", "most_overrides_by_person_a_day", models.SmallIntegerField(null=True)),
        migrations.AddField("merchant", "most_stamps_by_device_a_day", models.SmallIntegerField(null=True)),
        migrations.AddField("merchant", "restoring_needs_manager", models.BooleanField(default=False, db_default=False)),
        migrations.CreateModel(
            name="DayCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("day", models.DateField()),
                ("stamps", models.IntegerField()),
                ("overrides", models.IntegerField()),
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
            ],
            options={
                "db_table": "day_count",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["merchant", "subject_id", "day"], name="one_count_for_each_giver_and_day"
                    )
                ],
            },
        ),
        TenantKeys("day_count"),
    ]
