"""A stamp says by which moment it counted, where it was told later than it happened."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`stamp` for a moment: it gets a column"
    dependencies = [("stampwell", "0093_takes_old_paper")]

    operations = [migrations.AddField("stamp", "counted", models.DateTimeField(null=True))]
