"""When customers last corrected their own data: a sign of life, for shops that delete who does not come any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`customer` for a moment"
    dependencies = [("stampwell", "0077_mail_of_jobs")]

    operations = [migrations.AddField("customer", "corrected", models.DateTimeField(null=True))]
