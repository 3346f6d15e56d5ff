from django.db import migrations, models


class Migration(migrations.Migration):
    """The figures of the installation, as the worker measured them last."""

    while_serving = True
    locks = "nothing: its table is new"
    dependencies = [("stampwell", "0024_known_key")]

    operations = [
        migrations.CreateModel(
            name="LatestFigures",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("taken", models.DateTimeField()),
                ("figures", models.JSONField()),
            ],
            options={"db_table": "figures"},
        ),
    ]
