"""A reward may say from which moment on it can be used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0115_waiting_by_reward")]

    operations = [
        migrations.AddField("reward", "active_from", models.DateTimeField(null=True)),
    ]
