"""A redemption keeps the code that was shown for it, where many are shown the same one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`redemption` for a moment"
    dependencies = [("stampwell", "0117_shown_codes")]

    operations = [
        migrations.AddField("redemption", "shown_code", models.CharField(max_length=200, null=True)),
    ]
