from django.db import migrations, models


class Migration(migrations.Migration):
    """What is wrong with the installation and was told, and how many requests failed in each minute."""

    while_serving = True
    locks = "nothing: its tables are new"
    dependencies = [("stampwell", "0027_guesses")]

    operations = [
        migrations.CreateModel(
            name="ServerErrors",
            fields=[
                ("minute", models.DateTimeField(primary_key=True, serialize=False)),
                ("count", models.IntegerField()),
            ],
            options={"db_table": "server_errors"},
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("title", models.TextField()),
                ("said", models.TextField()),
                ("stage", models.IntegerField()),
                ("since", models.DateTimeField()),
                ("told", models.DateTimeField(null=True)),
                ("told_stage", models.IntegerField()),
                ("well_since", models.DateTimeField(null=True)),
            ],
            options={"db_table": "alarm"},
        ),
    ]
