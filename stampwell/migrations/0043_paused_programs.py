from django.db import migrations, models


class Migration(migrations.Migration):
    """Since when a program is paused or archived, and which programs of a shop give no stamps."""

    while_serving = True
    locks = "`merchant`, `program` for a moment"
    dependencies = [("stampwell", "0042_replaced_link")]

    operations = [
        migrations.AddField("merchant", "stopped_programs", models.JSONField(db_default={}, default=dict)),
        migrations.AddField("program", "archived", models.DateTimeField(null=True)),
        migrations.AddField("program", "joining_paused", models.DateTimeField(null=True)),
        migrations.AddField("program", "stamping_paused", models.DateTimeField(null=True)),
    ]
