"""A code of a list can be withdrawn alone, also one that a voucher goes on showing because no other is left."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`pool_code` for a moment"
    dependencies = [("stampwell", "0135_lists_of_later_rewards_and_consent")]

    operations = [
        migrations.AddField("poolcode", "withdrawn", models.DateTimeField(null=True)),
    ]
