"""The shop's own row says whether it takes over old paper cards. No release has served without it, so nothing is filled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment: it gets a column"
    dependencies = [("stampwell", "0092_seen_oddities")]

    operations = [
        migrations.AddField("merchant", "takes_old_paper", models.BooleanField(default=False, db_default=False)),
    ]
