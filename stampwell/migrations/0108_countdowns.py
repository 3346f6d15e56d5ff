"""A reward says for how long its redeem code is shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0107_reservations")]

    operations = [
        migrations.AddField("reward", "countdown_minutes", models.SmallIntegerField(default=3, db_default=3)),
    ]
