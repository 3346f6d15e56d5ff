"""A station says when its shift began or ended last: an older one is of somebody who works there no longer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`station` for a moment: it gets a column"
    dependencies = [("stampwell", "0094_counted_stamps")]

    operations = [migrations.AddField("station", "shift_changed", models.DateTimeField(null=True))]
