import django.contrib.postgres.fields
import django.db.models.deletion
import stampwell.clock
from django.db import migrations, models

from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` and `card` for a moment: its new tables are tied to them"
    dependencies = [
        ("stampwell", "0004_wallet_apple"),
    ]

    operations = [
        migrations.CreateModel(
            name="GooglePace",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("next", models.DateTimeField()),
            ],
            options={
                "db_table": "google_pace",
            },
        ),
        migrations.CreateModel(
            name="GoogleNonce",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("nonce", models.CharField(max_length=200)),
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
                "db_table": "google_nonce",
                "indexes": [models.Index(fields=["expires"], name="google_nonce_by_age")],
                "constraints": [models.UniqueConstraint(fields=("merchant", "nonce"), name="a_callback_is_taken_once")],
            },
        ),
        migrations.CreateModel(
            name="GoogleObject",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=13)),
                ("subject_id", models.UUIDField()),
                ("card_id", models.UUIDField(null=True)),
                ("object_id", models.CharField(max_length=120)),
                ("wanted", models.BinaryField(null=True)),
                ("sent", models.BinaryField(null=True)),
                ("changes", models.IntegerField(default=0)),
                ("due", models.DateTimeField(null=True)),
                ("tries", models.IntegerField(default=0)),
                ("answered", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("shown", models.JSONField(default=dict)),
                (
                    "notified",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list),
                ),
                ("saved", models.DateTimeField(null=True)),
                ("removed", models.DateTimeField(null=True)),
                ("heard", models.DateTimeField(null=True)),
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
                "db_table": "google_object",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due__isnull", False)), fields=["due", "merchant"], name="google_object_due"
                    ),
                    models.Index(fields=["merchant", "card_id"], name="google_object_by_card"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "object_id"), name="a_google_id_names_one_object")
                ],
            },
        ),
        TenantKeys("google_object", {"a_google_object_may_show_a_card": ("card_id", "card")}),
        TenantKeys("google_nonce"),
        # Rows that are updated in place leave room on their page for the next version of themselves.
        migrations.RunSQL(["ALTER TABLE google_object SET (fillfactor = 80)"], [migrations.RunSQL.noop]),
    ]
