"""Where a shop's events are sent, and what became of each."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


def of_merchant() -> list[tuple[str, models.Field]]:
    return [
        (
            "id",
            models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
        ),
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
    ]


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: the new tables are tied to it"
    dependencies = [("stampwell", "0145_sent_messages")]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                *of_merchant(),
                ("sealed_url", models.BinaryField()),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                (
                    "location_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                ("app", models.CharField(max_length=60)),
                ("api_key_id", models.UUIDField(null=True)),
                ("sealed_secret", models.BinaryField()),
                ("sealed_previous", models.BinaryField(null=True)),
                ("previous_until", models.DateTimeField(null=True)),
                ("state", models.CharField(choices=[("on", "On"), ("off", "Off")], max_length=10)),
                ("off_since", models.DateTimeField(null=True)),
                (
                    "off_reason",
                    models.CharField(choices=[("gone", "Gone"), ("failing", "Failing")], max_length=10, null=True),
                ),
                ("failing_since", models.DateTimeField(null=True)),
                ("failures", models.IntegerField()),
                ("is_slow", models.BooleanField()),
                ("made_up_to", models.BigIntegerField()),
                ("replay_after", models.BigIntegerField(null=True)),
                ("replay_until", models.BigIntegerField(null=True)),
                ("created", models.DateTimeField()),
                ("removed", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "webhook_endpoint",
                "indexes": [
                    models.Index(
                        condition=models.Q(("replay_after__isnull", False)),
                        fields=["merchant"],
                        name="webhook_replays",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                *of_merchant(),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="stampwell.webhookendpoint",
                    ),
                ),
                ("event_id", models.UUIDField()),
                ("type", models.CharField(max_length=40)),
                ("sequence", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed")],
                        max_length=10,
                    ),
                ),
                ("tries", models.SmallIntegerField()),
                ("due", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("created", models.DateTimeField()),
                ("tried", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("status", models.SmallIntegerField(null=True)),
                ("problem", models.CharField(max_length=200)),
                ("answer", models.TextField()),
                ("took_ms", models.IntegerField(null=True)),
            ],
            options={
                "db_table": "webhook_delivery",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "endpoint", "event_id"), name="one_delivery_of_an_event_to_an_endpoint"
                    )
                ],
                "indexes": [
                    models.Index(fields=["merchant", "endpoint", "id"], name="webhook_delivery_log"),
                    models.Index(
                        condition=models.Q(("due__isnull", False)),
                        fields=["merchant", "endpoint", "due"],
                        name="webhook_delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("leased_until__isnull", False)),
                        fields=["merchant", "endpoint"],
                        name="webhook_delivery_leased",
                    ),
                ],
            },
        ),
        TenantKeys("webhook_endpoint"),
        TenantKeys("webhook_delivery", {"a_delivery_is_an_endpoints": ("endpoint_id", "webhook_endpoint")}),
    ]
