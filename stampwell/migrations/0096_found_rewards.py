"""How many rewards a person handed out for cards of which no code was shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`hand_total` for a moment: it gets a column"
    dependencies = [("stampwell", "0095_shift_changed")]

    operations = [migrations.AddField("handtotal", "found_rewards", models.IntegerField(default=0, db_default=0))]
