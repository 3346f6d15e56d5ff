from django.db import migrations, models


class Migration(migrations.Migration):
    """The passphrase of an archive that an owner asked for, sealed, until its file is made."""

    while_serving = True
    locks = "`export` for a moment"
    dependencies = [("stampwell", "0072_terms_mail")]

    operations = [migrations.AddField("export", "passphrase", models.BinaryField(null=True))]
