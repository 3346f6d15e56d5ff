from django.db import migrations, models


class Migration(migrations.Migration):
    """Since when a shop is closed; NULL where it is open."""

    while_serving = True
    locks = "`merchant` for a moment"
    dependencies = [("stampwell", "0034_operator")]

    operations = [
        migrations.AddField(model_name="merchant", name="closed", field=models.DateTimeField(null=True)),
    ]
