"""Which reward was handed out without a network, for which voucher. Alone: one busy table in a transaction."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`kept_scan` for a moment: it gets columns"
    dependencies = [("stampwell", "0097_offline_rewards")]

    operations = [
        migrations.AddField("keptscan", "voucher_id", models.UUIDField(null=True)),
        migrations.AddField("keptscan", "reward_id", models.UUIDField(null=True)),
        migrations.AddField("keptscan", "redemption_id", models.UUIDField(null=True)),
    ]
