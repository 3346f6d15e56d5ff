import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which locations of a shop are closed, and since when."""

    while_serving = True
    locks = "`merchant`, `location` for a moment"
    dependencies = [("stampwell", "0047_consent_locale")]

    operations = [
        migrations.AddField(
            "merchant",
            "closed_locations",
            django.contrib.postgres.fields.ArrayField(models.UUIDField(), db_default=[], default=list, size=None),
        ),
        migrations.AddField("location", "closed", models.DateTimeField(null=True)),
    ]
