"""The till's reports, and what of them is not fine."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _id():
    return (
        "id",
        models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
    )


def _key(to):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=to,
    )


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: the new tables are tied to it"
    dependencies = [("stampwell", "0099_code_pools")]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                _id(),
                ("name", models.CharField(max_length=100)),
                ("digest", models.BinaryField()),
                ("size", models.BigIntegerField()),
                ("shape", models.CharField(max_length=30)),
                ("headings", models.JSONField(default=dict)),
                ("choice", models.JSONField(default=dict)),
                ("found", models.JSONField(null=True)),
                ("job_id", models.UUIDField(null=True)),
                ("asked", models.DateTimeField(null=True)),
                ("finished", models.DateTimeField(null=True)),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("source", models.CharField(max_length=12)),
                ("staff_member_id", models.UUIDField(null=True)),
                ("api_key_id", models.UUIDField(null=True)),
                ("merchant", _key("stampwell.merchant")),
            ],
            options={
                "db_table": "reconciliation",
                "indexes": [models.Index(fields=["merchant", "created"], name="reconciliation_by_age")],
            },
        ),
        TenantKeys("reconciliation"),
        migrations.CreateModel(
            name="ReconciledRow",
            fields=[
                _id(),
                ("verdict", models.CharField(max_length=12)),
                ("row", models.IntegerField()),
                ("at", models.DateTimeField(null=True)),
                ("day", models.DateField(null=True)),
                ("code", models.CharField(max_length=100)),
                ("place", models.CharField(max_length=100)),
                ("location_id", models.UUIDField(null=True)),
                ("receipt", models.CharField(max_length=100)),
                ("amount", models.BigIntegerField()),
                ("voucher_id", models.UUIDField(null=True)),
                ("redemption_id", models.UUIDField(null=True)),
                ("merchant", _key("stampwell.merchant")),
                ("reconciliation", _key("stampwell.reconciliation")),
            ],
            options={
                "db_table": "reconciled_row",
                "indexes": [
                    models.Index(
                        fields=["merchant", "reconciliation", "verdict"], name="reconciled_row_by_verdict"
                    )
                ],
            },
        ),
        TenantKeys("reconciled_row", {"a_reconciled_row_is_of_a_report": ("reconciliation_id", "reconciliation")}),
    ]
