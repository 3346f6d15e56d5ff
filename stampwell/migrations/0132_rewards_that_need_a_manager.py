"""A reward may need a manager to be handed out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0131_own_codes_closed")]

    operations = [
        migrations.AddField("reward", "needs_manager", models.BooleanField(default=False, db_default=False)),
    ]
