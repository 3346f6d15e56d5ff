"""Free codes are found by their list and place, batch by batch: those that are used up are in nobody's way."""

from uuid import UUID

from django.db import migrations, models
from django.db.models.functions import Coalesce

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS free_code_of_place",
    "CREATE INDEX CONCURRENTLY free_code_of_place ON pool_code"
    " (merchant_id, pool_id, coalesce(location_id, '00000000-0000-0000-0000-000000000000'::uuid), batch_id, id)"
    " WHERE given IS NULL AND revoked IS NULL",
    "DROP INDEX CONCURRENTLY IF EXISTS free_code_of_batch",  # `till_code_by_pool` will do for the release before
    "RESET statement_timeout",
    "RESET lock_timeout",
]
FREE = models.Index(
    "merchant",
    "pool_id",
    Coalesce("location_id", models.Value(UUID(int=0))),
    "batch",
    "id",
    name="free_code_of_place",
    condition=models.Q(given__isnull=True, revoked__isnull=True),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing: an index of `pool_code` is made, and another dropped, without a lock"
    atomic = False
    dependencies = [("stampwell", "0129_when_to_remind")]

    operations = [
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddIndex("poolcode", FREE),
                migrations.RemoveIndex("poolcode", "free_code_of_batch"),
            ],
        ),
    ]
