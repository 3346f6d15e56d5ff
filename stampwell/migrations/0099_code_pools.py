"""Lists of codes that a till takes once each."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _id() -> tuple[str, models.UUIDField]:
    field = models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False)
    return "id", field


def _row_of(to: str) -> models.ForeignKey:
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
    dependencies = [("stampwell", "0098_kept_rewards")]

    operations = [
        migrations.CreateModel(
            name="CodePool",
            fields=[
                _id(),
                ("name", models.CharField(max_length=60)),
                ("format", models.CharField(max_length=10)),
                ("barcode_template", models.CharField(max_length=300)),
                ("handed_out", models.CharField(max_length=6)),
                ("low_at", models.IntegerField()),
                ("fallback_code", models.CharField(blank=True, max_length=150)),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("archived", models.DateTimeField(null=True)),
                ("merchant", _row_of("stampwell.merchant")),
            ],
            options={"db_table": "code_pool"},
        ),
        TenantKeys("code_pool"),
        migrations.CreateModel(
            name="CodeBatch",
            fields=[
                _id(),
                ("kind", models.CharField(max_length=4)),
                ("name", models.CharField(max_length=100)),
                ("location_id", models.UUIDField(null=True)),
                ("digest", models.BinaryField()),
                ("size", models.BigIntegerField()),
                ("encoding", models.CharField(max_length=12)),
                ("separator", models.CharField(max_length=1)),
                ("place", models.SmallIntegerField(null=True)),
                ("has_heading", models.BooleanField(default=True)),
                ("check_job_id", models.UUIDField(null=True)),
                ("job_id", models.UUIDField(null=True)),
                ("checked", models.DateTimeField(null=True)),
                ("found", models.JSONField(default=dict)),
                ("wanted", models.BooleanField(default=False)),
                ("rows", models.IntegerField(default=0)),
                ("codes", models.IntegerField(default=0)),
                ("withdrawn", models.IntegerField(default=0)),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("written", models.DateTimeField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
                ("source", models.CharField(max_length=12)),
                ("staff_member_id", models.UUIDField(null=True)),
                ("api_key_id", models.UUIDField(null=True)),
                ("merchant", _row_of("stampwell.merchant")),
                ("pool", _row_of("stampwell.codepool")),
            ],
            options={
                "db_table": "code_batch",
                "indexes": [models.Index(fields=["merchant", "pool", "id"], name="code_batch_by_pool")],
            },
        ),
        TenantKeys("code_batch", {"a_code_batch_is_of_a_pool": ("pool_id", "code_pool")}),
        migrations.CreateModel(
            name="PoolCode",
            fields=[
                _id(),
                ("pool_id", models.UUIDField()),
                ("location_id", models.UUIDField(null=True)),
                ("code", models.CharField(max_length=150)),
                ("voucher_id", models.UUIDField(null=True)),
                ("given", models.DateTimeField(null=True)),
                ("confirmed", models.DateTimeField(null=True)),
                ("revoked", models.DateTimeField(null=True)),
                ("returned", models.SmallIntegerField(db_default=0, default=0)),
                ("batch", _row_of("stampwell.codebatch")),
                ("merchant", _row_of("stampwell.merchant")),
            ],
            options={
                "db_table": "pool_code",
                "indexes": [
                    models.Index(
                        condition=models.Q(("given__isnull", True), ("revoked__isnull", True)),
                        fields=["merchant", "pool_id", "location_id", "id"],
                        name="free_till_code",
                    ),
                    models.Index(
                        condition=models.Q(("given__isnull", False)),
                        fields=["merchant", "pool_id", "given"],
                        name="till_code_by_hand_out",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "code"], name="a_till_code_is_there_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked__isnull", True), ("voucher_id__isnull", False)),
                        fields=["merchant", "voucher_id"],
                        name="a_voucher_has_one_till_code",
                    ),
                ],
            },
        ),
        TenantKeys("pool_code", {"a_till_code_is_of_a_batch": ("batch_id", "code_batch")}, hot=True),
    ]
