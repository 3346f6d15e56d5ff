"""A voucher keeps the code that its customer was shown, where many are shown the same one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`voucher` for a moment"
    dependencies = [("stampwell", "0116_first_day_of_a_reward")]

    operations = [
        migrations.AddField("voucher", "shown_code", models.CharField(max_length=200, null=True)),
    ]
