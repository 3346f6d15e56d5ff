"""Staff may honour a reward for some days after its end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0123_codes_for_tills")]

    operations = [
        migrations.AddField("reward", "grace_days", models.SmallIntegerField(default=0, db_default=0)),
    ]
