from django.db import migrations, models


class Migration(migrations.Migration):
    """Terms that begin later, and the job that gives terms to everybody."""

    while_serving = True
    locks = "`program`, `program_version` for a moment"
    dependencies = [("stampwell", "0052_alarm_figure")]

    operations = [
        migrations.AddField("program", "next_starts", models.DateTimeField(null=True)),
        migrations.AddField("program", "next_version_id", models.UUIDField(null=True)),
        migrations.AddField("programversion", "job_id", models.UUIDField(null=True)),
    ]
