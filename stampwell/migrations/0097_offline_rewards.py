"""Up to which cost staff may hand out rewards without a network. Off for every shop."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: it gets columns"
    dependencies = [("stampwell", "0096_found_rewards")]

    operations = [
        migrations.AddField("merchant", "offline_rewards_up_to", models.BigIntegerField(null=True)),
        migrations.AddField(
            "merchant", "offline_rewards_in", models.CharField(max_length=3, default="", db_default="")
        ),
    ]
