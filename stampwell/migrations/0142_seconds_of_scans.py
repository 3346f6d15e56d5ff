"""A redemption keeps how long before it the voucher or its card was scanned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`redemption` for a moment"
    dependencies = [("stampwell", "0141_receipt_series")]

    operations = [
        migrations.AddField("redemption", "scan_seconds", models.IntegerField(null=True)),
    ]
