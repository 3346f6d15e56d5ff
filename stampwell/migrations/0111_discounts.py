"""A reward says what it takes off a basket, and a redemption what it took off."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


_OF_REDEMPTIONS = """
    ALTER TABLE redemption ADD COLUMN IF NOT EXISTS discount bigint,
        ADD COLUMN IF NOT EXISTS currency varchar(3), ADD COLUMN IF NOT EXISTS discount_lines integer[]
"""


class Migration(migrations.Migration):
    """One table after the other, so that nobody waits for both. Begun again, it goes on where it was stopped."""

    while_serving = True
    locks = "`reward` and `redemption` for a moment, one after the other"
    atomic = False
    dependencies = [("stampwell", "0110_free_codes_of_a_batch")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE reward ADD COLUMN IF NOT EXISTS discount jsonb",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("reward", "discount", models.JSONField(null=True))],
        ),
        migrations.RunSQL(
            _OF_REDEMPTIONS,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField("redemption", "discount", models.BigIntegerField(null=True)),
                migrations.AddField("redemption", "currency", models.CharField(max_length=3, null=True)),
                migrations.AddField("redemption", "discount_lines", ArrayField(models.IntegerField(), null=True)),
            ],
        ),
    ]
