"""A row of a till's report holds as long a code as the till may be shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reconciled_row` for a moment; a longer varchar is written anew nowhere"
    dependencies = [("stampwell", "0101_voucher_confirmations")]

    operations = [
        migrations.AlterField(model_name="reconciledrow", name="code", field=models.CharField(max_length=150)),
    ]
