from django.db import migrations, models


class Migration(migrations.Migration):
    """The worker's sign of life."""

    while_serving = True
    locks = "nothing: its table is new"
    dependencies = [("stampwell", "0022_barcode_template")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("seen", models.DateTimeField()),
            ],
            options={"db_table": "heartbeat"},
        ),
    ]
