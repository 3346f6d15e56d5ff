"""What was taken back since a draw is found by the number of that draw."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS draw_taken_back",
    "CREATE INDEX CONCURRENTLY draw_taken_back ON draw (merchant_id, program_id, taken_back_after)"
    " WHERE taken_back_after IS NOT NULL",
    "RESET statement_timeout",
    "RESET lock_timeout",
]
TAKEN_BACK = models.Index(
    fields=["merchant", "program", "taken_back_after"],
    name="draw_taken_back",
    condition=models.Q(taken_back_after__isnull=False),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing: an index of `draw` is made without a lock"
    atomic = False
    dependencies = [("stampwell", "0137_draw_tally")]

    operations = [
        migrations.RunSQL(
            MAKE_INDEX, migrations.RunSQL.noop, state_operations=[migrations.AddIndex("draw", TAKEN_BACK)]
        ),
    ]
