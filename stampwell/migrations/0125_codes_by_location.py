"""A reward may have another code at some of its locations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0124_days_of_grace")]

    operations = [
        migrations.AddField("reward", "code_by_location", models.JSONField(default=dict, db_default={})),
    ]
