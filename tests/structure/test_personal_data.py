"""Each table that is about a customer or a card has its part in erasing a person. A new one fails here until it has.

What is done with each: docs/developing/why/erasing.md
"""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

ABOUT_PEOPLE = {
    "consent": "deleted",
    "customer_note": "deleted",
    "sent_message": "deleted",
    "erasure_warning": "deleted",
    "tagging": "deleted, and a tag that nobody else has",
    "card": "ends, without external_id",
    "stamp": "loses its reason",
    "kept_scan": "a hash and times; says nothing of anybody",
    "voucher": "is withdrawn where it was ready; says nothing of anybody",
    "reached_milestone": "says nothing of anybody",
    "draw": "says nothing of anybody",
    "completed_round": "says nothing of anybody",
    "replaced_link": "hashes, and a number that opens nothing",
    "customer_merge": "names fields and rows; says nothing of anybody",
    "merged_card": "says nothing of anybody",
    "own_card": "deleted",
    "seen_oddity": "counts; says nothing of anybody",
    "hand_on_card": "counts; says nothing of anybody",
    "honoured_paper": "says nothing of anybody; what staff wrote is the reason of the stamp",
    "receipt_claim": "says nothing of anybody",
    "event": "loses external_id and reason",
    "pass": "becomes void and blank",
    "google_object": "becomes void and blank",
}


def test_every_table_that_names_a_customer_or_a_card_is_thought_of() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.table_name FROM information_schema.columns c JOIN pg_class k ON k.relname = c.table_name"
            " WHERE c.table_schema = 'public' AND NOT k.relispartition AND c.column_name IN ('customer_id', 'card_id')"
        )
        found = {name for (name,) in cursor.fetchall()}

    assert found == ABOUT_PEOPLE.keys()
