"""What is shown in the place of a code that all customers of a reward are shown, from a moment on."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: it knows what follows which code, and the new table is tied to it"
    dependencies = [("stampwell", "0139_place_check")]

    operations = [
        migrations.AddField("merchant", "code_turns", models.JSONField(default=list, db_default=[])),
        migrations.CreateModel(
            name="CodeSuccessor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=200)),
                ("next_code", models.CharField(max_length=200)),
                ("planned", models.DateTimeField()),
                ("starts", models.DateTimeField()),
                ("old_until", models.DateTimeField()),
                ("removed", models.DateTimeField(null=True)),
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
                "db_table": "code_successor",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "code"), name="a_code_has_one_successor"),
                    models.UniqueConstraint(fields=("merchant", "next_code"), name="a_code_follows_one_other"),
                ],
            },
        ),
        TenantKeys("code_successor"),
    ]
