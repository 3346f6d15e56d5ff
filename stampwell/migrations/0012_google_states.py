import django.contrib.postgres.fields
import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys

_UUIDS = django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list)
_FIELDS = django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list)


class Migration(migrations.Migration):
    """The states of what stands at Google as columns, and links to offers as rows; empty until the next migration."""

    while_serving = False
    locks = "`google_object` for a moment"
    dependencies = [("stampwell", "0011_daily_total")]

    operations = [
        migrations.CreateModel(
            name="GoogleOfferLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("card_object_id", models.UUIDField()),
                ("offer_object_id", models.UUIDField()),
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
                "db_table": "google_offer_link",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "card_object_id", "offer_object_id"),
                        name="an_offer_is_linked_to_its_card_once",
                    )
                ],
            },
        ),
        TenantKeys(
            "google_offer_link",
            {
                "a_link_leads_from_a_card_at_google": ("card_object_id", "google_object"),
                "a_link_leads_to_an_offer_at_google": ("offer_object_id", "google_object"),
            },
        ),
        migrations.AddField("googleobject", "state", models.CharField(default="absent", max_length=7)),
        migrations.AddField("googleobject", "digest", models.BinaryField(null=True)),
        migrations.AddField("googleobject", "fields", _FIELDS),
        migrations.AddField("googleobject", "refused", models.BooleanField(default=False)),
        migrations.AddField("googleobject", "answer_status", models.SmallIntegerField(default=0)),
        migrations.AddField("googleobject", "leased_until", models.DateTimeField(null=True)),
        migrations.AddField("googleobject", "refusals", models.IntegerField(default=0)),
        migrations.AddField("googleobject", "balance", models.CharField(blank=True, max_length=20)),
        migrations.AddField("googleobject", "announced", _UUIDS),
        migrations.AddField("googleobject", "announcing", _UUIDS),
        AddConstraintNotValid(
            "googleobject",
            models.CheckConstraint(
                condition=models.Q(("state__in", ("absent", "whole", "unsure", "unknown", "ended"))),
                name="a_google_object_is_in_one_of_five_states",
            ),
        ),
        AddConstraintNotValid(
            "googleobject",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("digest__isnull", False), ("state__in", ("whole", "ended"))),
                    models.Q(("digest__isnull", True), ("state__in", ("absent", "unsure", "unknown"))),
                    _connector="OR",
                ),
                name="only_what_is_whole_or_ended_has_a_digest",
            ),
        ),
        AddConstraintNotValid(
            "googleobject",
            models.CheckConstraint(
                condition=models.Q(("kind", "card"), ("due__isnull", True), _connector="OR"),
                name="only_a_card_is_due_at_google",
            ),
        ),
    ]
