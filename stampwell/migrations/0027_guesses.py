"""Until when a key or a device may try no more numbers, because many that it tried were nobody's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`api_key` and `station` for a moment each"
    dependencies = [("stampwell", "0026_shop_invitation")]

    operations = [
        migrations.AddField("apikey", "no_guesses_until", models.DateTimeField(null=True)),
        migrations.AddField("station", "no_guesses_until", models.DateTimeField(null=True)),
    ]
