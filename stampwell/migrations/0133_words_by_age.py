"""Words that come to a card without a draw have their moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`reached_milestone` for a moment"
    dependencies = [("stampwell", "0132_rewards_that_need_a_manager")]

    operations = [
        migrations.AddField("reachedmilestone", "told", models.DateTimeField(null=True)),
    ]
