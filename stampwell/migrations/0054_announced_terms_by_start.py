"""Announced terms by the moment at which they begin: the worker looks for those that are due."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS program_with_announced_terms",
    "CREATE INDEX CONCURRENTLY program_with_announced_terms ON program (next_starts) WHERE next_starts IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
BY_START = models.Index(
    fields=["next_starts"], name="program_with_announced_terms", condition=models.Q(next_starts__isnull=False)
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing: an index of `program` is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0053_announced_terms")]

    operations = [
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("program", BY_START)],
        ),
    ]
