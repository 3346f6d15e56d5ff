"""A phone that uses a reward alone may be asked where it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0138_draws_taken_back")]

    operations = [
        migrations.AddField("reward", "place_check", models.BooleanField(default=False, db_default=False)),
    ]
