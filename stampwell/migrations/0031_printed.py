from django.db import migrations, models


class Migration(migrations.Migration):
    """What the poster said when it was last fetched, by language."""

    while_serving = True
    locks = "`program` for a moment"
    dependencies = [("stampwell", "0030_folding")]

    operations = [
        migrations.AddField(model_name="program", name="printed", field=models.JSONField(db_default={}, default=dict)),
    ]
