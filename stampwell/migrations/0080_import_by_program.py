"""An import that a program asked for is written as soon as it is checked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`card_import` for a moment"
    dependencies = [("stampwell", "0079_known_browsers")]

    operations = [
        migrations.AddField("cardimport", "writes_when_checked", models.BooleanField(default=False, db_default=False)),
    ]
