"""The ledger of consent says who of the shop wrote a row, and the reason that they noted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`consent` for a moment"
    dependencies = [("stampwell", "0133_words_by_age")]

    operations = [
        migrations.AddField("consent", "staff_member_id", models.UUIDField(null=True)),
        migrations.AddField("consent", "reason", models.CharField(max_length=300, default="", db_default="")),
    ]
