"""A pool keeps what was told of its stock, so that it is told once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`code_pool` for a moment"
    dependencies = [("stampwell", "0104_rewards_from_pools")]

    operations = [
        migrations.AddField("codepool", "low_since", models.DateTimeField(null=True)),
        migrations.AddField("codepool", "none_since", models.DateTimeField(null=True)),
    ]
