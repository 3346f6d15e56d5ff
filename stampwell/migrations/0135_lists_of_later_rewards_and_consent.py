"""Cards with a reward for later, and customers who have agreed to messages, are listed by an index of their own."""

from typing import Any

from django.db import migrations, models


def made(name: str, of: str, where: str) -> list[Any]:
    return [
        "SET statement_timeout = 0",  # it blocks nobody, however long it takes
        "SET lock_timeout = 0",  # it waits for old transactions, too
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY {name} ON {of} WHERE {where}",
        "RESET statement_timeout",
        "RESET lock_timeout",
    ]


class Migration(migrations.Migration):
    while_serving = True
    locks = "none: both indexes are made without a lock"
    atomic = False
    dependencies = [("stampwell", "0134_who_withdrew_consent")]

    operations = [
        migrations.RunSQL(
            made("life_with_later_reward", "card_life (merchant_id, id)", "pending > 0"),
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddIndex(
                    "cardlife",
                    models.Index(
                        fields=["merchant", "id"],
                        condition=models.Q(pending__gt=0),
                        name="life_with_later_reward",
                    ),
                )
            ],
        ),
        migrations.RunSQL(
            made("consent_given", "consent (merchant_id, customer_id)", "granted"),
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddIndex(
                    "consent",
                    models.Index(
                        fields=["merchant", "customer"], condition=models.Q(granted=True), name="consent_given"
                    ),
                )
            ],
        ),
    ]
