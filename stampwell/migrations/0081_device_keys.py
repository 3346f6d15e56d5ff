"""The keys with which devices sign the scans that they keep, and what a device that was switched off is known by."""

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
    locks = "`merchant` and `station` for a moment: the new table is tied to them"
    dependencies = [("stampwell", "0080_import_by_program")]

    operations = [
        migrations.AddField("station", "revoked_hash", models.BinaryField(null=True)),
        migrations.CreateModel(
            name="DeviceKey",
            fields=[
                ("id", _id()),
                ("public_key", models.BinaryField()),
                ("staff_member_id", models.UUIDField()),
                ("began", models.DateTimeField(default=stampwell.clock.now)),
                ("replaced", models.DateTimeField(null=True)),
                ("merchant", _named("stampwell.merchant")),
                ("station", _named("stampwell.station")),
            ],
            options={
                "db_table": "device_key",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["merchant", "station", "public_key"], name="a_device_has_each_key_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("replaced__isnull", True)),
                        fields=["merchant", "station"],
                        name="a_device_signs_with_one_key",
                    ),
                ],
            },
        ),
        TenantKeys("device_key", {"a_device_key_is_a_stations": ("station_id", "station")}),
    ]
