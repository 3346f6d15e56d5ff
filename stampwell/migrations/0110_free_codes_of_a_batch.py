"""Free codes are found by their batch: those of one that was withdrawn are in nobody's way."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS free_code_of_batch",
    "CREATE INDEX CONCURRENTLY free_code_of_batch ON pool_code (merchant_id, batch_id, id)"
    " WHERE given IS NULL AND revoked IS NULL",
    "DROP INDEX CONCURRENTLY IF EXISTS free_till_code",  # `till_code_by_pool` will do for the release before
    "RESET statement_timeout",
    "RESET lock_timeout",
]
FREE = models.Index(
    fields=["merchant", "batch", "id"],
    name="free_code_of_batch",
    condition=models.Q(given__isnull=True, revoked__isnull=True),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing: an index of `pool_code` is made, and another dropped, without a lock"
    atomic = False
    dependencies = [("stampwell", "0109_redemption_totals")]

    operations = [
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddIndex("poolcode", FREE),
                migrations.RemoveIndex("poolcode", "free_till_code"),
            ],
        ),
    ]
