"""Mail that somebody waits for goes before the rest. What an older release writes is the rest."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS mail_by_rank",
    "CREATE INDEX CONCURRENTLY mail_by_rank ON mail (rank, due, id) WHERE state = 'waiting'",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
BY_RANK = models.Index(fields=["rank", "due", "id"], name="mail_by_rank", condition=models.Q(state="waiting"))


class Migration(migrations.Migration):
    while_serving = True
    locks = "`mail` for a moment; its index is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0050_tags_and_notes")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE mail ADD COLUMN IF NOT EXISTS rank smallint NOT NULL DEFAULT 1",
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    "mail",
                    "rank",
                    models.SmallIntegerField(choices=[(0, "Awaited"), (1, "Usual")], db_default=1, default=1),
                )
            ],
        ),
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("mail", BY_RANK)],
        ),
    ]
