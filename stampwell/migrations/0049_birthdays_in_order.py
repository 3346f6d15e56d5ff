"""Customers by their birthday, in the order in which a month is listed."""

from django.db import migrations, models
from django.db.models.functions import ExtractDay, ExtractMonth

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS customer_by_birthday",
    "CREATE INDEX CONCURRENTLY customer_by_birthday ON customer"
    " (merchant_id, (EXTRACT(MONTH FROM birthday)), (EXTRACT(DAY FROM birthday)), id) WHERE birthday IS NOT NULL",
    "DROP INDEX CONCURRENTLY IF EXISTS customer_by_month_of_birth",  # the new one begins as it did
    "RESET statement_timeout",
    "RESET lock_timeout",
]
BY_BIRTHDAY = models.Index(
    "merchant",
    ExtractMonth("birthday"),
    ExtractDay("birthday"),
    "id",
    name="customer_by_birthday",
    condition=models.Q(birthday__isnull=False),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing: an index of `customer` is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0048_closed_locations")]

    operations = [
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.RemoveIndex("customer", "customer_by_month_of_birth"),
                migrations.AddIndex("customer", BY_BIRTHDAY),
            ],
        ),
    ]
