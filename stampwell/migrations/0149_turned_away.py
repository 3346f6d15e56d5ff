"""Of a device that was switched off it is counted how many of its scans were turned away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`station` for a moment"
    dependencies = [("stampwell", "0148_handed_out_before")]

    operations = [
        migrations.AddField("station", "turned_away", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("station", "turned_away_at", models.DateTimeField(null=True)),
    ]
