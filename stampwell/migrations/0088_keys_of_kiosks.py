"""A kiosk and an autopilot sign what they keep as well, and nobody is signed in there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`device_key` for a moment"
    dependencies = [("stampwell", "0087_practised")]

    operations = [
        migrations.AlterField("devicekey", "staff_member_id", models.UUIDField(null=True)),
    ]
