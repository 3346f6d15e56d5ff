"""A voucher says that it was handed out without a network and that nobody has decided about it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`voucher` for a moment"
    dependencies = [("stampwell", "0146_webhooks")]

    operations = [
        migrations.AddField("voucher", "handed_out", models.DateTimeField(null=True)),
    ]
