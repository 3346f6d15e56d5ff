"""A reward says what it takes off a basket, and a redemption what it took off."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` and `redemption` for a moment"
    dependencies = [("stampwell", "0110_free_codes_of_a_batch")]

    operations = [
        migrations.AddField(model_name="reward", name="discount", field=models.JSONField(null=True)),
        migrations.AddField(model_name="redemption", name="discount", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="redemption", name="currency", field=models.CharField(max_length=3, null=True)),
        migrations.AddField(
            model_name="redemption",
            name="discount_lines",
            field=ArrayField(models.IntegerField(), null=True),
        ),
    ]
