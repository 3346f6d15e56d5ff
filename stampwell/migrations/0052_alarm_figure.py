from django.db import migrations, models


class Migration(migrations.Migration):
    """Of which figure an alarm is."""

    while_serving = True
    locks = "`alarm` for a moment"
    dependencies = [("stampwell", "0051_mail_by_rank")]

    operations = [
        migrations.AddField("alarm", "figure", models.CharField(db_default="", default="", max_length=40)),
    ]
