"""What the bytes and the JSON of older releases said about a card at Google, in the columns of today."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.apps import apps
from django.db import connection

from stampwell import migrations
from stampwell.clock import now
from stampwell.wallet.google.models import GoogleObject, GoogleOfferLink
from stampwell.wallet.google.table import ObjectRow, remember
from tests.world import HeldCard

pytestmark = pytest.mark.django_db

DIGEST = b"0123456789abcdef"
VOUCHERS = [UUID(int=1), UUID(int=2)]


@pytest.fixture(autouse=True)
def old_columns() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE google_object ADD wanted bytea, ADD sent bytea, ADD shown jsonb DEFAULT '{}'")


def old_row(card: HeldCard, name: str, *, kind: str = "card", shown: object = None, **columns: Any) -> ObjectRow:
    row = remember(card.shop.merchant.id, kind, card.id, f"1.{name}", card_id=card.id)
    columns["shown"] = msgspec.json.encode(shown or {}).decode()
    with connection.cursor() as cursor:
        for column, value in columns.items():
            cursor.execute(f"UPDATE google_object SET {column} = %s WHERE id = %s", [value, row.id])
    return row


def move() -> None:
    (name,) = [module.name for module in iter_modules(migrations.__path__) if module.name.endswith("_states_moved")]
    module: Any = import_module(f"stampwell.migrations.{name}")
    with connection.schema_editor(atomic=False) as editor:
        module.move_states(apps, editor)


def moved(row: ObjectRow) -> GoogleObject:
    return GoogleObject.objects.get(id=row.id)


@pytest.mark.parametrize(
    ("sent", "shown", "state", "digest"),
    [
        (None, {}, "absent", None),
        (DIGEST, {}, "whole", DIGEST),
        (b"", {}, "unknown", None),
        (b"?", {}, "unsure", None),
        (DIGEST, {"ended": True}, "ended", DIGEST),
        (b"?", {"ended": True}, "unsure", None),
        (b"", {"ended": True}, "unknown", None),
        (None, {"ended": True}, "absent", None),
    ],
)
def test_a_state(card: HeldCard, sent: bytes | None, shown: object, state: str, digest: bytes | None) -> None:
    row = old_row(card, "card", sent=sent, shown=shown)

    move()

    assert (moved(row).state, moved(row).digest) == (state, digest)


def test_what_is_shown(card: HeldCard) -> None:
    ready, announcing = [VOUCHERS[0].hex], [VOUCHERS[1].hex]
    shown = {"names": ["classId", "id"], "balance": "3/10", "ready": ready, "announcing": announcing, "refusals": 2}
    row = old_row(card, "card", sent=DIGEST, shown=shown, due=now(), tries=3)

    move()

    after = moved(row)
    assert (after.fields, after.balance, after.refusals, after.tries) == (["classId", "id"], "3/10", 2, 3)
    assert (after.announced, after.announcing) == ([VOUCHERS[0]], [VOUCHERS[1]])


@pytest.mark.parametrize(
    ("wanted", "answer", "refused", "status"),
    [
        (DIGEST, "", False, 0),
        (b"another", "400 Invalid logo", True, 400),
        (b"linked", "422 no", True, 422),
        (b"another", "503 trouble", False, 503),
        (b"another", "403 denied", False, 403),
        (DIGEST, "could not be made", False, 0),
    ],
)
def test_a_refusal(card: HeldCard, wanted: bytes, answer: str, refused: bool, status: int) -> None:
    row = old_row(card, "card", sent=DIGEST, wanted=wanted, answer=answer)

    move()

    assert (moved(row).refused, moved(row).answer_status, moved(row).answer) == (refused, status, answer)


def test_links(card: HeldCard) -> None:
    offer = old_row(card, "offer", kind="voucher", sent=DIGEST)
    old_row(card, "another", kind="voucher", sent=DIGEST)
    row = old_row(card, "card", sent=DIGEST, shown={"linked": ["1.offer", "1.gone"]})

    move()
    move()  # as after an interruption

    (link,) = GoogleOfferLink.objects.all()
    assert (link.card_object_id, link.offer_object_id) == (row.id, offer.id)
