"""A till holds a voucher for one purchase."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`voucher` for a moment"
    dependencies = [("stampwell", "0106_waiting_vouchers")]

    operations = [
        migrations.AddField(model_name="voucher", name="reservation_id", field=models.UUIDField(null=True)),
    ]
