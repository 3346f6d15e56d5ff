"""Customers by the month of their birthday."""

from django.db import migrations, models
from django.db.models.functions import ExtractMonth

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS customer_by_month_of_birth",
    "CREATE INDEX CONCURRENTLY customer_by_month_of_birth ON customer (merchant_id, (EXTRACT(MONTH FROM birthday)))"
    " WHERE birthday IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
BY_BIRTHDAY = models.Index(
    "merchant",
    ExtractMonth("birthday"),
    name="customer_by_month_of_birth",
    condition=models.Q(birthday__isnull=False),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing: an index of `customer` is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0039_card_standing")]

    operations = [
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("customer", BY_BIRTHDAY)],
        ),
    ]
