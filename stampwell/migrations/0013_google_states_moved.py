from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper

from stampwell.clock import new_id

BATCH = 1000

_NEXT = "SELECT id FROM google_object WHERE merchant_id = %s AND id > %s ORDER BY id LIMIT %s"

# What the bytes and the JSON said. An offer that has ended and whose end is in doubt is in doubt: it is ended again.
_MOVE = """
    UPDATE google_object SET
        state = CASE
            WHEN sent IS NULL THEN 'absent'
            WHEN sent = ''::bytea THEN 'unknown'
            WHEN sent = '?'::bytea THEN 'unsure'
            WHEN (shown -> 'ended') = 'true'::jsonb THEN 'ended'
            ELSE 'whole'
        END,
        digest = CASE WHEN sent NOT IN (''::bytea, '?'::bytea) THEN sent END,
        fields = ARRAY(SELECT jsonb_array_elements_text(shown -> 'names')),
        answer_status = CASE WHEN answer ~ '^[0-9]{3} ' THEN left(answer, 3)::smallint ELSE 0 END,
        refused = sent IS DISTINCT FROM wanted AND answer ~ '^4[0-9]{2} ' AND answer !~ '^(401|403|408|429) ',
        tries = CASE WHEN due IS NULL THEN 0 ELSE tries END,
        refusals = CASE WHEN due IS NULL THEN 0 ELSE coalesce((shown ->> 'refusals')::integer, 0) END,
        balance = coalesce(shown ->> 'balance', ''),
        announced = ARRAY(SELECT jsonb_array_elements_text(shown -> 'ready')::uuid),
        announcing = ARRAY(SELECT jsonb_array_elements_text(shown -> 'announcing')::uuid)
    WHERE merchant_id = %s AND id = ANY(%s)
"""
_LINKED = """
    SELECT card.id, offer.id
    FROM google_object card
    CROSS JOIN LATERAL jsonb_array_elements_text(card.shown -> 'linked') AS linked (name)
    JOIN google_object offer ON offer.merchant_id = card.merchant_id AND offer.object_id = linked.name
    WHERE card.merchant_id = %s AND offer.merchant_id = %s AND card.id = ANY(%s)
"""
_LINK = """
    INSERT INTO google_offer_link (merchant_id, id, card_object_id, offer_object_id) VALUES (%s, %s, %s, %s)
    ON CONFLICT (merchant_id, card_object_id, offer_object_id) DO NOTHING
"""


def move_states(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A shop at a time, some rows at a time, each statement by itself; who is interrupted begins again."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM merchant ORDER BY id")
        for (merchant_id,) in cursor.fetchall():
            for rows in _batches(cursor, merchant_id):
                cursor.execute(_MOVE, [merchant_id, rows])
                cursor.execute(_LINKED, [merchant_id, merchant_id, rows])
                for card, offer in cursor.fetchall():
                    cursor.execute(_LINK, [merchant_id, new_id(), card, offer])


def _batches(cursor: CursorWrapper, merchant_id: UUID) -> Iterator[Sequence[UUID]]:
    after = UUID(int=0)
    while True:
        cursor.execute(_NEXT, [merchant_id, after, BATCH])
        rows = [row_id for (row_id,) in cursor.fetchall()]
        if not rows:
            return
        yield rows
        after = rows[-1]


class Migration(migrations.Migration):
    """What the old columns say, in the new ones."""

    while_serving = False
    locks = "rows of `google_object`, a few at a time"
    atomic = False  # no transaction holds the rows of all shops at once

    dependencies = [("stampwell", "0012_google_states")]

    operations = [migrations.RunPython(move_states, migrations.RunPython.noop)]
