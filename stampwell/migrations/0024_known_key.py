from django.db import migrations, models

import stampwell.clock


class Migration(migrations.Migration):
    """Which keys the data belongs to."""

    while_serving = True
    locks = "nothing: its table is new"
    dependencies = [("stampwell", "0023_heartbeat")]

    operations = [
        migrations.CreateModel(
            name="KnownKey",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("fingerprint", models.BinaryField()),
                ("since", models.DateTimeField(default=stampwell.clock.now)),
            ],
            options={"db_table": "known_key"},
        ),
    ]
