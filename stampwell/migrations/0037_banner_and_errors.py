from django.db import migrations, models


class Migration(migrations.Migration):
    """A banner for all shops, and the latest errors of the log."""

    while_serving = True
    locks = "nothing"
    dependencies = [("stampwell", "0036_deleted")]

    operations = [
        migrations.CreateModel(
            name="Banner",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("texts", models.JSONField()),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField()),
            ],
            options={"db_table": "banner"},
        ),
        migrations.CreateModel(
            name="KeptErrorRow",
            fields=[
                ("alike", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("logger", models.CharField(max_length=200)),
                ("said", models.TextField()),
                ("trace", models.TextField()),
                ("count", models.BigIntegerField()),
                ("first", models.DateTimeField()),
                ("last", models.DateTimeField()),
            ],
            options={"db_table": "kept_error"},
        ),
    ]
