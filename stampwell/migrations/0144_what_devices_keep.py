"""A device says how many scans it still keeps itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`station` for a moment"
    dependencies = [("stampwell", "0143_own_cards")]

    operations = [
        migrations.AddField("station", "kept_scans", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("station", "kept_since", models.DateTimeField(null=True)),
        migrations.AddField("station", "kept_told", models.DateTimeField(null=True)),
    ]
