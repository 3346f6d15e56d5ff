"""A reward may be for the next visit alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0119_leaked_codes")]

    operations = [
        migrations.AddField("reward", "from_next_visit", models.BooleanField(default=False, db_default=False)),
    ]
