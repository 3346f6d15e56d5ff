from django.db import migrations, models


class Migration(migrations.Migration):
    """Which stamps a merge carried. Alone, for a stamp holds a card while it asks for this table."""

    while_serving = True
    locks = "`stamp` for a moment"
    dependencies = [("stampwell", "0065_joined_elsewhere")]

    operations = [migrations.AddField("stamp", "merge_id", models.UUIDField(null=True))]
