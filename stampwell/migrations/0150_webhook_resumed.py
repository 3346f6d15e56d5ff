"""A webhook knows when it was switched on again: what was sent before that counts no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`webhook_endpoint` for a moment"
    dependencies = [("stampwell", "0149_turned_away")]

    operations = [
        migrations.AddField("webhookendpoint", "resumed", models.DateTimeField(null=True)),
    ]
