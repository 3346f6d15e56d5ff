"""A redemption says how much of what it took off was taken back, while its voucher stays used."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`redemption` for a moment"
    dependencies = [("stampwell", "0112_codes_in_the_till")]

    operations = [
        migrations.AddField(
            model_name="redemption",
            name="returned_lines",
            field=ArrayField(models.IntegerField(), null=True),
        ),
    ]
