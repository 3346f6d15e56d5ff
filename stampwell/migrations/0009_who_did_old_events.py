"""Old events learn who did them, where another row knows it: the stamp, redemption or reversal of that moment.

What a stamp brought with it (a voucher, a milestone) happened at the same time on the same card. Of the rest
nobody wrote it down, and it is not guessed.

Some at a time and each batch for itself: killed in the middle, it begins again and finds the rest.
"""

from datetime import UTC, datetime
from uuid import UUID

from django.db import migrations

BATCH = 2_000
BEGINNING = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

_END = """
    SELECT at, id FROM (
        SELECT at, id FROM event WHERE merchant_id = %(merchant)s AND at >= %(at)s AND (at, id) > (%(at)s, %(id)s)
        ORDER BY at, id LIMIT %(batch)s
    ) batch ORDER BY at DESC, id DESC LIMIT 1
"""
_OF_BATCH = """
    e.merchant_id = %(merchant)s AND e.at BETWEEN %(at)s AND %(last_at)s
    AND (e.at, e.id) > (%(at)s, %(id)s) AND (e.at, e.id) <= (%(last_at)s, %(last_id)s) AND e.source IS NULL
"""
_WHO = "station_id = by.station_id, staff_member_id = by.staff_member_id, api_key_id = by.api_key_id"
_FILL = [
    f"""
    UPDATE event e SET source = by.source, {_WHO} FROM stamp by
    WHERE {_OF_BATCH} AND e.type IN ('stamp.added', 'stamp.reversed', 'milestone.reached', 'round.completed',
                                     'voucher.issued', 'voucher.ready', 'voucher.voided')
      AND by.merchant_id = e.merchant_id AND by.card_id = e.card_id AND by.at = e.at
    """,
    f"""
    UPDATE event e SET source = by.source, {_WHO} FROM redemption by
    WHERE {_OF_BATCH} AND e.type = 'voucher.redeemed'
      AND by.merchant_id = e.merchant_id AND by.voucher_id = e.voucher_id AND by.at = e.at
    """,
    f"""
    UPDATE event e SET {_WHO}, source = CASE
        WHEN by.station_id IS NOT NULL THEN 'scanner' WHEN by.api_key_id IS NOT NULL THEN 'api' ELSE 'owner' END
    FROM reversal by JOIN redemption used ON (used.merchant_id, used.id) = (by.merchant_id, by.redemption_id)
    WHERE {_OF_BATCH} AND e.type = 'voucher.reversed'
      AND used.merchant_id = e.merchant_id AND used.voucher_id = e.voucher_id AND by.at = e.at
    """,
    f"""
    UPDATE event e SET source = CASE e.type
        WHEN 'voucher.expired' THEN 'clock' WHEN 'voucher.revealed' THEN 'card' ELSE 'wallet' END
    WHERE {_OF_BATCH} AND e.type IN ('voucher.expired', 'voucher.revealed', 'card.saved', 'card.removed')
    """,
]


def fill_all(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM merchant ORDER BY id")
        for (merchant_id,) in cursor.fetchall():
            fill_merchant(cursor, merchant_id)


def fill_merchant(cursor, merchant_id, *, batch=BATCH):
    at, id = BEGINNING
    while end := _end_of_batch(cursor, merchant_id, at, id, batch):
        for sql in _FILL:
            given = {"merchant": merchant_id, "at": at, "id": id, "last_at": end[0], "last_id": end[1]}
            cursor.execute(sql, given)
        at, id = end


def _end_of_batch(cursor, merchant_id, at, id, batch):
    cursor.execute(_END, {"merchant": merchant_id, "at": at, "id": id, "batch": batch})
    return cursor.fetchone()


class Migration(migrations.Migration):
    while_serving = True
    locks = "rows of `event`, a few at a time"
    atomic = False

    dependencies = [("stampwell", "0008_event_actor")]

    operations = [migrations.RunPython(fill_all, migrations.RunPython.noop)]
