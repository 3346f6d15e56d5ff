import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    """Who changed what at the desk."""

    while_serving = True
    locks = "nothing"
    dependencies = [("stampwell", "0044_erased")]

    operations = [
        migrations.CreateModel(
            name="DeskChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(default=stampwell.clock.now)),
                ("kind", models.CharField(max_length=40)),
                ("staff_member_id", models.UUIDField()),
                ("subject_id", models.UUIDField(null=True)),
                ("name", models.CharField(max_length=200)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
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
            options={"db_table": "desk_change"},
        ),
        TenantKeys("desk_change"),
    ]
