"""A reward may remind of the end of its vouchers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0127_standing_draws")]

    operations = [
        migrations.AddField("reward", "remind_days_before", models.SmallIntegerField(null=True)),
    ]
