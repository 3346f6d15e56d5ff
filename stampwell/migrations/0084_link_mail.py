"""The links of imported cards are sent by mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`card_import` for a moment"
    dependencies = [("stampwell", "0083_receipt_codes")]

    operations = [
        migrations.AddField("cardimport", "mail_job_id", models.UUIDField(null=True)),
        migrations.AddField("cardimport", "mail_stopped", models.DateTimeField(null=True)),
    ]
