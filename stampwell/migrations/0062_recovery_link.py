"""Links by which customers recover a lost card themselves."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new table is tied to it"
    dependencies = [("stampwell", "0061_welcome_stamps")]

    operations = [
        migrations.CreateModel(
            name="RecoveryLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("email", models.CharField(max_length=254)),
                ("secret_hash", models.BinaryField(null=True)),
                ("expires", models.DateTimeField()),
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
                "db_table": "recovery_link",
                "indexes": [
                    models.Index(fields=["merchant", "email"], name="recovery_link_by_email"),
                    models.Index(fields=["merchant", "expires"], name="recovery_link_by_end"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "secret_hash"], name="a_secret_names_one_recovery_link")
                ],
            },
        ),
        TenantKeys("recovery_link"),
    ]
