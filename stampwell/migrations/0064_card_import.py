"""Files that are brought in: what their columns hold, and their jobs. The files themselves lie in the data folder."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new table is tied to it"
    dependencies = [("stampwell", "0063_writes_to_customers")]

    operations = [
        migrations.CreateModel(
            name="CardImport",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=100)),
                ("digest", models.BinaryField()),
                ("size", models.BigIntegerField()),
                ("encoding", models.CharField(max_length=12)),
                ("separator", models.CharField(max_length=1)),
                ("columns", models.JSONField(default=list)),
                ("headings", models.JSONField(default=dict)),
                ("program_id", models.UUIDField(null=True)),
                ("version_id", models.UUIDField(null=True)),
                ("check_job_id", models.UUIDField(null=True)),
                ("write_job_id", models.UUIDField(null=True)),
                ("undo_job_id", models.UUIDField(null=True)),
                ("rows", models.BigIntegerField(default=0)),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("written", models.DateTimeField(null=True)),
                ("undone", models.DateTimeField(null=True)),
                ("source", models.CharField(max_length=12)),
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
                "db_table": "card_import",
                "indexes": [models.Index(fields=["merchant", "created"], name="import_by_age")],
            },
        ),
        TenantKeys("card_import"),
    ]
