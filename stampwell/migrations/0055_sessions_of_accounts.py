"""Whose a session is and when it was last used, in the table that Django's own engine made.

Django's part of this is not installed any more: the table is ours. A new database gets it here.
"""

from django.db import migrations, models

TABLE = [
    "CREATE TABLE IF NOT EXISTS django_session (session_key varchar(40) NOT NULL PRIMARY KEY,"
    " session_data text NOT NULL, expire_date timestamptz NOT NULL)",
    "ALTER TABLE django_session ADD COLUMN IF NOT EXISTS user_id bigint NULL, ADD COLUMN IF NOT EXISTS seen timestamptz"
    " NULL",
    "SET statement_timeout = 0",  # the indexes block nobody, however long they take
    "SET lock_timeout = 0",
    "DROP INDEX CONCURRENTLY IF EXISTS django_session_expire_date_a5c62663",
    "CREATE INDEX CONCURRENTLY django_session_expire_date_a5c62663 ON django_session (expire_date)",
    "DROP INDEX CONCURRENTLY IF EXISTS session_of_an_account",
    "CREATE INDEX CONCURRENTLY session_of_an_account ON django_session (user_id) WHERE user_id IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
SESSION = migrations.CreateModel(
    name="Session",
    fields=[
        ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key")),
        ("session_data", models.TextField(verbose_name="session data")),
        ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
        ("user_id", models.BigIntegerField(null=True)),
        ("seen", models.DateTimeField(null=True)),
    ],
    options={
        "db_table": "django_session",
        "indexes": [
            models.Index(fields=["user_id"], name="session_of_an_account", condition=models.Q(user_id__isnull=False))
        ],
    },
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "`django_session` for a moment; its indexes are made without a lock"
    atomic = False
    dependencies = [("stampwell", "0054_announced_terms_by_start")]

    operations = [migrations.RunSQL(TABLE, migrations.RunSQL.noop, state_operations=[SESSION])]
