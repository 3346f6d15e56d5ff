"""Files that owners ask for: what each holds, and its job. The files themselves lie in the data folder."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new table is tied to it"
    dependencies = [("stampwell", "0045_desk_change")]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("job_id", models.UUIDField()),
                ("subject", models.CharField(max_length=12)),
                ("format", models.CharField(max_length=5)),
                ("wanted", models.TextField()),
                ("locale", models.CharField(max_length=10)),
                ("rows", models.BigIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("made", models.DateTimeField(null=True)),
                ("staff_member_id", models.UUIDField(null=True)),
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
                "db_table": "export",
                "indexes": [models.Index(fields=["merchant", "created"], name="export_by_age")],
            },
        ),
        TenantKeys("export"),
    ]
