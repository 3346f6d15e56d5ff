"""Vouchers that wait for a code are found by their reward: those of one pool are in no other's way."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS voucher_waiting_by_reward",
    "CREATE INDEX CONCURRENTLY voucher_waiting_by_reward ON voucher (merchant_id, reward_id, waits_since)"
    " WHERE waits_since IS NOT NULL",
    "DROP INDEX CONCURRENTLY IF EXISTS waiting_voucher",  # the release before finds those that wait by the new one
    "RESET statement_timeout",
    "RESET lock_timeout",
]
WAITING = models.Index(
    fields=["merchant", "reward", "waits_since"],
    name="voucher_waiting_by_reward",
    condition=models.Q(waits_since__isnull=False),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing: an index of `voucher` is made, and another dropped, without a lock"
    atomic = False
    dependencies = [("stampwell", "0114_checked_uses")]

    operations = [
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddIndex("voucher", WAITING),
                migrations.RemoveIndex("voucher", "waiting_voucher"),
            ],
        ),
    ]
