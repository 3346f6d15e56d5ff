from django.db import migrations, models


class Migration(migrations.Migration):
    """Stamps that a new card begins with."""

    while_serving = True
    locks = "`program_version` for a moment"
    dependencies = [("stampwell", "0060_shops_that_move")]

    operations = [
        migrations.AddField("programversion", "welcome_stamps", models.SmallIntegerField(db_default=0, default=0)),
    ]
