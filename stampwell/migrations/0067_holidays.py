from django.db import migrations, models


class Migration(migrations.Migration):
    """Days on which a location is closed or has other hours."""

    while_serving = True
    locks = "`location` for a moment"
    dependencies = [("stampwell", "0066_stamp_of_a_merge")]

    operations = [migrations.AddField("location", "holidays", models.JSONField(default=list, db_default=[]))]
