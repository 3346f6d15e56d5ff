"""Receipt codes: a row for each batch, and one for each code that was claimed."""

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
    locks = "`merchant`, `program` and `card` for a moment: the new tables are tied to them"
    dependencies = [("stampwell", "0082_kept_scans")]

    operations = [
        migrations.CreateModel(
            name="ReceiptBatch",
            fields=[
                ("id", _id()),
                ("number", models.BigIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("size", models.IntegerField()),
                ("count", models.SmallIntegerField(null=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3, null=True)),
                ("daily_limit", models.SmallIntegerField()),
                ("expires", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
                ("receipt_id", models.CharField(max_length=100, null=True)),
                ("given_by", models.UUIDField(null=True)),
                ("location_id", models.UUIDField(null=True)),
                ("station_id", models.UUIDField(null=True)),
                ("staff_member_id", models.UUIDField(null=True)),
                ("api_key_id", models.UUIDField(null=True)),
                ("secret", models.BinaryField()),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("merchant", _key("merchant")),
                ("program", _key("program")),
            ],
            options={
                "db_table": "receipt_batch",
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "number"], name="a_number_names_one_receipt_batch"),
                    models.UniqueConstraint(
                        fields=["merchant", "program", "given_by", "receipt_id"],
                        condition=models.Q(receipt_id__isnull=False),
                        name="a_receipt_has_one_code",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["merchant", "-id"], name="receipt_batch_by_age", condition=models.Q(kind="batch")
                    ),
                    models.Index(
                        fields=["merchant", "expires"],
                        name="single_receipt_code_by_end",
                        condition=~models.Q(kind="batch"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptClaim",
            fields=[
                ("id", _id()),
                ("serial", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("batch", _key("receiptbatch")),
                ("card", _key("card")),
                ("merchant", _key("merchant")),
            ],
            options={
                "db_table": "receipt_claim",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["merchant", "batch", "serial"], name="a_receipt_code_is_claimed_once"
                    )
                ],
                "indexes": [models.Index(fields=["merchant", "card", "at"], name="receipt_claim_by_card")],
            },
        ),
        TenantKeys("receipt_batch", {"a_receipt_batch_is_a_programs": ("program_id", "program")}),
        TenantKeys(
            "receipt_claim",
            {
                "a_receipt_claim_is_of_a_batch": ("batch_id", "receipt_batch"),
                "a_receipt_claim_is_a_cards": ("card_id", "card"),
            },
        ),
    ]
