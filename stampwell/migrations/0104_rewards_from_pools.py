"""A reward may have its redeem codes from a pool."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0103_codes_of_a_pool")]

    operations = [
        migrations.AddField("reward", "pool_id", models.UUIDField(null=True)),
    ]
