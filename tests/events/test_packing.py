"""What an event says comes back byte for byte, however small it lies on disk, and however long ago it was packed."""

from hashlib import sha256
from importlib import import_module

import msgspec
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from stampwell.cards.earning import Purchase
from stampwell.cards.stamping import add_stamp
from stampwell.events import packing
from stampwell.events.models import Event
from stampwell.events.months import VACUUM, prepare_months
from stampwell.events.packing import pack, read_packed, unpack
from tests.web.api.client import ApiClient
from tests.world import Shop

small_events = import_module("stampwell.migrations.0016_small_events")

AT_ONCE = {"by": "visit", "cooldown_seconds": 0}
FIRST_TEXT = "56870104affb1fe315f9efeef2b13f8ca2ed948db66e71205e25396c1ba3ab46"
# Packed on 26 November 2026 with the first common text.
OF_OLD = bytes.fromhex("0123b2930800")


@settings(deadline=None)
@given(st.binary(max_size=5_000))
def test_whatever_is_packed_comes_back(text: bytes) -> None:
    assert unpack(pack(text)) == text


def test_what_was_packed_long_ago_can_be_read() -> None:
    """Whoever changes a common text makes every event unreadable that was packed with it."""
    assert {number: sha256(text).hexdigest() for number, text in packing._TEXTS.items()} == {1: FIRST_TEXT}
    assert read_packed(OF_OLD) == {"card_id": "crd_01a2", "wallet": "apple"}


def test_a_stamp_of_an_ordinary_card_lies_in_300_bytes(lume: Shop) -> None:
    card = lume.publish().card()

    add_stamp(lume.merchant, card.id, Purchase(), actor=lume.actor)

    event = Event.objects.get(type="stamp.added")
    assert len(bytes(event.packed)) <= 300
    assert len(msgspec.json.encode(event.data)) >= 700


def as_before_they_were_packed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE event RENAME COLUMN data TO packed")
        cursor.execute("ALTER TABLE event ALTER COLUMN packed DROP NOT NULL")
        cursor.execute("ALTER TABLE event ADD COLUMN data jsonb")
        cursor.execute("SELECT at, id, packed FROM event")
        for at, id, packed in cursor.fetchall():
            text = unpack(bytes(packed)).decode()
            cursor.execute("UPDATE event SET data = %s::jsonb, packed = NULL WHERE at = %s AND id = %s", [text, at, id])
        cursor.execute("ALTER TABLE event ALTER COLUMN data SET NOT NULL")


@pytest.mark.parametrize("batch", [1, 3, 1_000])
def test_old_events_are_packed_whatever_the_batch(lume: Shop, rossi: Shop, batch: int) -> None:
    for shop in (lume, rossi):
        card = shop.publish(earning=AT_ONCE).card()
        for _number in range(3):
            add_stamp(shop.merchant, card.id, Purchase(), actor=shop.actor)
    api = ApiClient(lume.api_key())
    before = api.get("/events").json
    as_before_they_were_packed()

    with connection.cursor() as cursor:
        small_events.pack_merchant(cursor, lume.merchant.id, batch=batch)  # and then it was killed
    with connection.schema_editor() as editor:
        small_events.pack_all(None, editor)
        small_events.exchange(None, editor)
        small_events.pack_all(None, editor)
        small_events.exchange(None, editor)

    assert api.get("/events").json == before
    assert Event.objects.filter(merchant=rossi.merchant, type="stamp.added").count() == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'event'::regclass AND attname = 'data'")
        assert cursor.fetchone() == (True,)


def test_every_month_is_vacuumed_soon(db: None) -> None:
    """Also the ones that are made later, and the one for all other times."""
    prepare_months()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.reloptions FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'event'::regclass"
        )
        assert cursor.fetchall() == [(VACUUM.replace(" = ", "=").split(", "),)]
