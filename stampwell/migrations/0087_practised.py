"""Who has practised at the scanner, and who wants not to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`staff_member` for a moment"
    dependencies = [("stampwell", "0086_hands")]

    operations = [
        migrations.AddField("staffmember", "practised", models.DateTimeField(null=True)),
        migrations.AddField("staffmember", "practice_declined", models.DateTimeField(null=True)),
    ]
