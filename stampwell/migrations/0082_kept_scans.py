"""Scans that devices kept while they had no network."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _named(to: str, **more: bool) -> "models.ForeignKey":
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=to,
        **more,
    )


def _id() -> models.UUIDField:
    return models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` and `card` for a moment: the new table is tied to them"
    dependencies = [("stampwell", "0081_device_keys")]

    operations = [
        migrations.CreateModel(
            name="KeptScan",
            fields=[
                ("id", _id()),
                ("source", models.CharField(max_length=12)),
                ("sender_id", models.UUIDField()),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.BinaryField()),
                ("sequence", models.BigIntegerField(null=True)),
                ("device_key_id", models.UUIDField(null=True)),
                ("location_id", models.UUIDField(null=True)),
                ("staff_member_id", models.UUIDField(null=True)),
                ("count", models.IntegerField(null=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("scanned_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("happened_at", models.DateTimeField()),
                ("clock_believed", models.BooleanField()),
                (
                    "state",
                    models.CharField(
                        choices=[("counted", "Counted"), ("waiting", "Waiting"), ("refused", "Refused")], max_length=8
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("stamp_id", models.UUIDField(null=True)),
                ("given", models.IntegerField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("card", _named("stampwell.card", null=True)),
                ("merchant", _named("stampwell.merchant")),
            ],
            options={
                "db_table": "kept_scan",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["merchant", "id"],
                        name="kept_scans_to_decide",
                    ),
                    models.Index(fields=["merchant", "sender_id", "sequence"], name="kept_scan_by_sequence"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["merchant", "sender_id", "key"], name="a_kept_scan_counts_once")
                ],
            },
        ),
        TenantKeys("kept_scan", {"a_kept_scan_is_of_a_card": ("card_id", "card")}),
    ]
