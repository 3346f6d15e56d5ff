from django.db import migrations, models


class Migration(migrations.Migration):
    """What a barcode holds beside the code; "" is the code alone."""

    dependencies = [("stampwell", "0021_pin_length")]

    operations = [
        migrations.AddField(
            model_name="reward",
            name="barcode_template",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
    ]
