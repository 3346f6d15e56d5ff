"""Asked-for work: our table, and the queue below it, which is procrastinate's (MIT).

The queue's SQL is a copy: a later procrastinate brings a migration of ours, and a database that is made anew then goes
the same way as all others.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys

QUEUE = Path(__file__).with_name("procrastinate_3_10.sql").read_text()
STATES = models.Q(state__in=["waiting", "running"], ended__isnull=True) | models.Q(
    state__in=["done", "failed"], ended__isnull=False
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new table is tied to it"
    dependencies = [("stampwell", "0014_google_states_alone")]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("done", models.BigIntegerField()),
                ("total", models.BigIntegerField(null=True)),
                ("cursor", models.TextField()),
                ("report", models.JSONField()),
                ("place", models.BigIntegerField(null=True)),
                ("problem", models.CharField(max_length=60)),
                ("runs", models.IntegerField()),
                ("failures", models.IntegerField()),
                ("created", models.DateTimeField()),
                ("begun", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("source", models.CharField(max_length=12)),
                ("staff_member_id", models.UUIDField(null=True)),
                ("station_id", models.UUIDField(null=True)),
                ("api_key_id", models.UUIDField(null=True)),
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
                "db_table": "job",
                "indexes": [
                    models.Index(fields=["merchant", "kind", "created"], name="job_by_kind"),
                    models.Index(condition=models.Q(("ended__isnull", True)), fields=["merchant"], name="job_open"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=STATES, name="a_job_has_ended_if_it_is_done_or_has_failed")
                ],
            },
        ),
        TenantKeys("job"),
        migrations.RunSQL(QUEUE, migrations.RunSQL.noop),
    ]
