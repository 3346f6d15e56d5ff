"""A kiosk may show a code that customers scan with their own phone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`station` for a moment"
    dependencies = [("stampwell", "0084_link_mail")]

    operations = [
        migrations.AddField("station", "shows_code", models.BooleanField(default=False, db_default=False)),
    ]
