"""A batch counts its codes that were used at the till before anybody had seen them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`code_batch` for a moment"
    dependencies = [("stampwell", "0118_codes_of_redemptions")]

    operations = [
        migrations.AddField("codebatch", "leaked", models.IntegerField(default=0, db_default=0)),
    ]
