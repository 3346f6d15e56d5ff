"""A voucher keeps when staff have checked that its customer has used it alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`voucher` for a moment"
    dependencies = [("stampwell", "0113_parts_of_redemptions")]

    operations = [
        migrations.AddField("voucher", "checked", models.DateTimeField(null=True)),
    ]
