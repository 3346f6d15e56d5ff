"""Where in a shop's events each kind is found. The worker notes what was there before, from the first event on."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def _id() -> tuple[str, models.UUIDField]:
    return (
        "id",
        models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
    )


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
    locks = "`merchant` for a moment: its new tables are tied to it"
    dependencies = [("stampwell", "0037_banner_and_errors")]

    operations = [
        migrations.CreateModel(
            name="EventKind",
            fields=[
                _id(),
                ("type", models.CharField(max_length=40)),
                ("location_id", models.UUIDField(null=True)),
                ("staff_member_id", models.UUIDField(null=True)),
                ("device_id", models.UUIDField(null=True)),
                ("program_id", models.UUIDField(null=True)),
                ("merchant", _row_of("stampwell.merchant")),
            ],
            options={
                "db_table": "event_kind",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "type", "location_id", "staff_member_id", "device_id", "program_id"),
                        name="one_row_for_each_kind_of_event",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        TenantKeys("event_kind"),
        migrations.CreateModel(
            name="EventStretch",
            fields=[
                _id(),
                ("stretch", models.BigIntegerField()),
                ("kind", _row_of("stampwell.eventkind")),
                ("merchant", _row_of("stampwell.merchant")),
            ],
            options={
                "db_table": "event_stretch",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "kind", "stretch"), name="each_kind_once_in_a_stretch"
                    )
                ],
            },
        ),
        TenantKeys("event_stretch", {"a_stretch_is_of_a_kind": ("kind_id", "event_kind")}),
    ]
