from django.db import migrations, models


class Migration(migrations.Migration):
    """Of each device: who works there, when it scanned last, and which release its page is of."""

    while_serving = True
    locks = "`station` for a moment"
    dependencies = [("stampwell", "0057_merged_card")]

    operations = [
        migrations.AddField("station", "shift_member_id", models.UUIDField(null=True)),
        migrations.AddField("station", "shift_began", models.DateTimeField(null=True)),
        migrations.AddField("station", "last_scan", models.DateTimeField(null=True)),
        migrations.AddField("station", "release", models.CharField(max_length=40, default="", db_default="")),
    ]
