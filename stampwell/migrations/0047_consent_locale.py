from django.db import migrations, models


class Migration(migrations.Migration):
    """In which language the words stood that a customer agreed to."""

    while_serving = True
    locks = "`consent` for a moment"
    dependencies = [("stampwell", "0046_exports")]

    operations = [
        migrations.AddField("consent", "locale", models.CharField(db_default="", default="", max_length=10)),
    ]
