from django.db import migrations, models

import stampwell.clock


class Migration(migrations.Migration):
    """Shops that are read in from another installation, and the secrets that their cards bring along."""

    while_serving = True
    locks = "nothing: the tables are new"
    dependencies = [("stampwell", "0059_card_figures")]

    operations = [
        migrations.CreateModel(
            name="BroughtSecret",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("merchant_id", models.UUIDField()),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "brought_secret",
                "indexes": [models.Index(fields=["merchant_id"], name="brought_secret_by_shop")],
            },
        ),
        migrations.CreateModel(
            name="ArrivingShop",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("archive", models.CharField(max_length=64)),
                ("done", models.IntegerField(default=0)),
                ("begun", models.DateTimeField(default=stampwell.clock.now)),
            ],
            options={"db_table": "arriving_shop"},
        ),
    ]
