from django.db import migrations, models


class Migration(migrations.Migration):
    """Who runs the server."""

    while_serving = True
    locks = "`user_account` for a moment"
    dependencies = [("stampwell", "0033_defaults")]

    operations = [
        migrations.AddField(
            model_name="user", name="operates", field=models.BooleanField(db_default=False, default=False)
        ),
    ]
