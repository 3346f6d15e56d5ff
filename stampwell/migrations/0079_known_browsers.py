"""With which browsers an account has signed in, so that a new one can be told."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    while_serving = True
    locks = "`user_account` for a moment"
    dependencies = [("stampwell", "0078_corrected")]

    operations = [
        migrations.CreateModel(
            "KnownBrowser",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("secret_hash", models.BinaryField()),
                ("seen", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "known_browser",
                "constraints": [
                    models.UniqueConstraint(fields=["secret_hash", "user"], name="an_account_knows_a_browser_once")
                ],
            },
        ),
    ]
