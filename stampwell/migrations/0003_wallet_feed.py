import django.db.models.deletion
from django.db import migrations, models

import stampwell.clock
from stampwell.tenancy import TenantKeys


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: its new table is tied to it"
    dependencies = [("stampwell", "0002_tenant_keys")]

    operations = [
        migrations.CreateModel(
            name="WalletFeed",
            fields=[
                (
                    "id",
                    models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("last_sequence", models.BigIntegerField(default=0)),
                ("last_tag", models.BigIntegerField(default=0)),
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
                "db_table": "wallet_feed",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant",), name="one_wallet_feed_for_each_merchant")
                ],
            },
        ),
        TenantKeys("wallet_feed"),
    ]
