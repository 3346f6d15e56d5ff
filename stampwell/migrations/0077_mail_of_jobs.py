"""Mail to many knows the job that has written it, so that it can be withdrawn together with its news."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS mail_by_job",
    "CREATE INDEX CONCURRENTLY mail_by_job ON mail (job_id) WHERE job_id IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
BY_JOB = models.Index(fields=["job_id"], name="mail_by_job", condition=models.Q(job_id__isnull=False))


class Migration(migrations.Migration):
    while_serving = True
    locks = "`mail` for a moment; its index is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0076_kiosks")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE mail ADD COLUMN IF NOT EXISTS job_id uuid",
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("mail", "job_id", models.UUIDField(null=True))],
        ),
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddIndex("mail", BY_JOB)],
        ),
    ]
