"""A voucher may wait for the next visit of its customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`voucher` for a moment"
    dependencies = [("stampwell", "0120_reward_from_next_visit")]

    operations = [
        migrations.AddField("voucher", "awaits_visit", models.BooleanField(default=False, db_default=False)),
    ]
