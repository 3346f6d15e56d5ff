"""The codes of a list are read page by page, and a batch says when no free code of it is left to withdraw."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS till_code_by_pool",
    "CREATE INDEX CONCURRENTLY till_code_by_pool ON pool_code (merchant_id, pool_id, id)",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
BY_POOL = models.Index(fields=["merchant", "pool_id", "id"], name="till_code_by_pool")


class Migration(migrations.Migration):
    while_serving = True
    locks = "`code_batch` for a moment; the index of `pool_code` is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0102_longer_reconciled_codes")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE code_batch ADD COLUMN IF NOT EXISTS cleared timestamp with time zone",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("codebatch", "cleared", models.DateTimeField(null=True))],
        ),
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("poolcode", BY_POOL)],
        ),
    ]
