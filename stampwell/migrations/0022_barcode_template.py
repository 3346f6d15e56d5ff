from django.db import migrations, models


class Migration(migrations.Migration):
    """What a barcode holds beside the code; "" is the code alone."""

    while_serving = True
    locks = "`reward` for a moment"
    dependencies = [("stampwell", "0021_pin_length")]

    operations = [
        migrations.AddField(
            model_name="reward",
            name="barcode_template",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
    ]
