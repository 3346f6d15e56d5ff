"""How many digits a PIN has, so that a phone at the counter signs in with the last one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`staff_member` for a moment"
    dependencies = [("stampwell", "0020_receipts_by_place")]

    operations = [
        migrations.AddField("staffmember", "pin_length", models.SmallIntegerField(default=0, db_default=0)),
    ]
