"""Until when codes that connected tills ask about are read by nobody at a shop, because many were tried in vain."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`merchant` for a moment"
    dependencies = [("stampwell", "0130_free_codes_of_a_place")]

    operations = [migrations.AddField("merchant", "own_codes_closed_until", models.DateTimeField(null=True))]
