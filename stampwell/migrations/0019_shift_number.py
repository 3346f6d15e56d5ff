"""Shifts at a scanner are numbered, so that a lock ends one on the server. Whoever works there signs in once more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`station` for a moment"
    dependencies = [("stampwell", "0018_staff_limits")]

    operations = [
        migrations.AddField("station", "shift_number", models.IntegerField(default=0, db_default=0)),
    ]
