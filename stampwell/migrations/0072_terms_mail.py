from django.db import migrations, models


class Migration(migrations.Migration):
    """The job that tells customers by mail of announced terms, and the rank of its mails. No row of `mail` changes."""

    while_serving = True
    locks = "`program_version` for a moment"
    dependencies = [("stampwell", "0071_program_draft")]

    operations = [
        migrations.AddField("programversion", "mail_job_id", models.UUIDField(null=True)),
        migrations.AlterField(
            "mail",
            "rank",
            models.SmallIntegerField(
                choices=[(0, "Awaited"), (1, "Usual"), (2, "To Many")], db_default=1, default=1
            ),
        ),
    ]
