"""An event says who did it. Columns that may be NULL are added without rewriting the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`event` for a moment"
    dependencies = [("stampwell", "0007_customer_search")]

    operations = [
        migrations.AddField(model_name="event", name="source", field=models.CharField(max_length=12, null=True)),
        migrations.AddField(model_name="event", name="station_id", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="event", name="staff_member_id", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="event", name="api_key_id", field=models.UUIDField(null=True)),
    ]
