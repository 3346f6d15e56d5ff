from django.db import migrations, models

import stampwell.clock


class Migration(migrations.Migration):
    """Shops are opened by invitation, where the operator wants it so."""

    while_serving = True
    locks = "nothing: its table is new"
    dependencies = [("stampwell", "0025_figures")]

    operations = [
        migrations.CreateModel(
            name="ShopInvitation",
            fields=[
                ("id", models.UUIDField(default=stampwell.clock.new_id, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("secret_hash", models.BinaryField(unique=True)),
                ("created", models.DateTimeField(default=stampwell.clock.now)),
                ("ends", models.DateTimeField()),
                ("used", models.DateTimeField(null=True)),
            ],
            options={"db_table": "shop_invitation"},
        ),
    ]
