"""That something was written to a customer is known as long as the customer is."""

import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys

LINK = {
    "db_constraint": False,
    "db_index": False,
    "on_delete": django.db.models.deletion.DO_NOTHING,
    "related_name": "+",
}


class Migration(migrations.Migration):
    while_serving = True
    locks = "`customer` and `merchant` for a moment: the new table is tied to them"
    dependencies = [("stampwell", "0144_what_devices_keep")]

    operations = [
        migrations.CreateModel(
            name="SentMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("channel", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("outcome", models.CharField(max_length=10)),
                ("customer", models.ForeignKey(to="stampwell.customer", **LINK)),
                ("merchant", models.ForeignKey(to="stampwell.merchant", **LINK)),
            ],
            options={
                "db_table": "sent_message",
                "indexes": [
                    models.Index(fields=["merchant", "customer", "-id"], name="message_by_customer"),
                    models.Index(
                        condition=models.Q(("outcome", "waiting")), fields=["merchant", "id"], name="message_on_its_way"
                    ),
                ],
            },
        ),
        TenantKeys("sent_message", {"a_message_was_for_a_customer": ("customer_id", "customer")}),
    ]
