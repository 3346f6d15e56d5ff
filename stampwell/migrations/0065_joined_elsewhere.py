from django.db import migrations, models


class Migration(migrations.Migration):
    """A card that came from a file joined on no day that we know."""

    while_serving = True
    locks = "`card_life` for a moment"
    dependencies = [("stampwell", "0064_card_import")]

    operations = [
        migrations.AlterField(model_name="cardlife", name="joined", field=models.DateField(null=True)),
    ]
