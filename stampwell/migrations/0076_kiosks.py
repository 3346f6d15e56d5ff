"""What a kiosk and an autopilot may do alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`station` for a moment"
    dependencies = [("stampwell", "0075_location_zones")]

    operations = [
        migrations.AddField("station", "pause_seconds", models.IntegerField(default=300, db_default=300)),
        migrations.AddField("station", "most_a_day", models.SmallIntegerField(null=True)),
        migrations.AddField("station", "hands_over", models.BooleanField(default=False, db_default=False)),
    ]
