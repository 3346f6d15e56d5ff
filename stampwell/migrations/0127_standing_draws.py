"""How many of a prize are given is counted by an index of the draws that stand."""

from django.db import migrations, models

MAKE_INDEX = [
    "SET statement_timeout = 0",  # it blocks nobody, however long it takes
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS standing_draw_by_prize",
    "CREATE INDEX CONCURRENTLY standing_draw_by_prize ON draw (merchant_id, program_id, known_as, day)"
    " WHERE taken_back_after IS NULL",
    "DROP INDEX CONCURRENTLY IF EXISTS draw_by_prize",  # the release before counts those that stand by the new one
    "RESET statement_timeout",
    "RESET lock_timeout",
]
STANDING = models.Index(
    fields=["merchant", "program", "known_as", "day"],
    name="standing_draw_by_prize",
    condition=models.Q(taken_back_after__isnull=True),
)


class Migration(migrations.Migration):
    while_serving = True
    locks = "nothing: an index of `draw` is made, and another dropped, without a lock"
    atomic = False
    dependencies = [("stampwell", "0126_prizes_of_words")]

    operations = [
        migrations.RunSQL(
            MAKE_INDEX,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddIndex("draw", STANDING),
                migrations.RemoveIndex("draw", "draw_by_prize"),
            ],
        ),
    ]
