"""What customers are found by: a column of folded words, filled in batches, and its indexes."""

from uuid import UUID

from django.db import migrations, models

from stampwell.customers.search_index import prepare_search_index
from stampwell.customers.search_text import search_text

BATCH = 2000
_NEXT = """
    SELECT id, name, email, phone FROM customer
    WHERE merchant_id = %s AND id > %s AND search = '' ORDER BY id LIMIT %s
"""
_FILL = """
    UPDATE customer SET search = new.search
    FROM (SELECT unnest(%s::uuid[]) AS id, unnest(%s::text[]) AS search) new
    WHERE customer.merchant_id = %s AND customer.id = new.id
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM merchant")
        for (merchant,) in cursor.fetchall():
            fill_merchant(cursor, merchant)


def fill_merchant(cursor, merchant):
    last = UUID(int=0)
    while True:
        cursor.execute(_NEXT, [merchant, last, BATCH])
        if not (rows := cursor.fetchall()):
            return
        texts = [search_text(name=name, email=email, phone=phone) for _id, name, email, phone in rows]
        last = rows[-1][0]
        cursor.execute(_FILL, [[row[0] for row in rows], texts, merchant])


COLUMN = [
    "ALTER TABLE customer ADD COLUMN IF NOT EXISTS search text NOT NULL DEFAULT ''",
    "ALTER TABLE customer ALTER COLUMN search DROP DEFAULT",
    # With the usual 100 samples, a rare name that happens to be one of them is thought to be one in a hundred, and
    # the whole shop is read for it (measured: 400 ms instead of 4).
    "ALTER TABLE customer ALTER COLUMN search SET STATISTICS 1000",
]
BY_EMAIL = models.Index(
    fields=["merchant", "email"], opclasses=["uuid_ops", "varchar_pattern_ops"], name="customer_by_email"
)
MAKE_BY_EMAIL = [
    "SET statement_timeout = 0",  # they block nobody, however long they take
    "SET lock_timeout = 0",  # it waits for old transactions, too
    "DROP INDEX CONCURRENTLY IF EXISTS customer_by_email",
    "CREATE INDEX CONCURRENTLY customer_by_email ON customer (merchant_id, email varchar_pattern_ops)",
    "RESET statement_timeout",
    "RESET lock_timeout",
]


class Migration(migrations.Migration):
    while_serving = False
    locks = "`customer` for moments; its rows a few at a time, its indexes without a lock"
    atomic = False  # in batches, and indexes that block nobody; what was cut off can be run again
    dependencies = [("stampwell", "0006_wallet_whole_shop")]

    operations = [
        migrations.RunSQL(
            COLUMN,
            migrations.RunSQL.noop,
            state_operations=[migrations.AddField("customer", "search", models.TextField(default=""))],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(lambda apps, schema_editor: prepare_search_index(), migrations.RunPython.noop),
        migrations.RunSQL(
            MAKE_BY_EMAIL,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.RemoveIndex("customer", "customer_by_email"),
                migrations.AddIndex("customer", BY_EMAIL),
            ],
        ),
    ]
