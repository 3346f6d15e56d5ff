"""The states that `stampwell/wallet/google/states.py` draws: every transition, and that no other is possible."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from stampwell.clock import new_id, now
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google import states
from stampwell.wallet.google.http import GoogleRefused
from stampwell.wallet.google.links import linked_offers, write_links
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.states import (
    doubt_card,
    doubt_shop,
    withdraw_refusal,
    write_ended,
    write_lost,
    write_patched,
    write_put,
    write_refused,
    write_unknown,
    write_unsure,
)
from stampwell.wallet.google.table import ObjectRow, Shown, State, remember
from tests.wallet.google.drawn_table import read_table
from tests.world import HeldCard, Offer, Shop

pytestmark = pytest.mark.django_db

STATES = get_args(State)
KNOWN = ("whole", "ended")  # with a digest
DRAWN = read_table(states, "function")
NEW = Shown(fields=["id", "classId"], balance="3/10")

type Step = Callable[[UUID, ObjectRow], None]


def _doubt(merchant_id: UUID, row: ObjectRow) -> None:
    assert row.card_id is not None
    with merchant_transaction(merchant_id) as tx:
        doubt_card(tx, row.card_id)


def _doubt_shop(merchant_id: UUID, _row: ObjectRow) -> None:
    with merchant_transaction(merchant_id) as tx:
        doubt_shop(tx)


STEPS: dict[str, Step] = {
    "write_put": lambda merchant_id, row: write_put(merchant_id, row, b"new", NEW),
    "write_patched": lambda merchant_id, row: write_patched(merchant_id, row, b"new", NEW),
    "write_ended": lambda merchant_id, row: write_ended(merchant_id, row, b"new", ["id"]),
    "write_unsure": lambda merchant_id, row: write_unsure(merchant_id, row, ["hexBackgroundColor"]),
    "write_unknown": write_unknown,
    "write_lost": write_lost,
    "doubt_card": _doubt,
    "doubt_shop": _doubt_shop,
}


def row_in(state: str, card: HeldCard, *, kind: str = "card") -> ObjectRow:
    """A card's row in this state; its first digest is `old`."""
    name = f"1.{new_id().hex}"
    made = remember(card.shop.merchant.id, kind, card.id, name, card_id=card.id)
    GoogleObject.objects.filter(id=made.id).update(
        state=state, digest=b"old" if state in KNOWN else None, fields=["id"], balance="1/10"
    )
    return remember(card.shop.merchant.id, kind, card.id, name)


def again(row: ObjectRow) -> GoogleObject:
    return GoogleObject.objects.get(id=row.id)


def test_every_step_and_every_state_is_drawn() -> None:
    writers = re.findall(r"^def ((?:write|doubt)\w+)", Path(states.__file__).read_text(), re.MULTILINE)

    assert set(DRAWN) == set(STEPS) == {*writers} - {"write_refused"}
    assert list(read_table(states, "state")) == list(STATES)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_leads_where_it_is_drawn_and_nowhere_else(card: HeldCard, step: str, state: str) -> None:
    drawn, row = DRAWN[step], row_in(state, card)
    before = again(row)

    STEPS[step](card.shop.merchant.id, row)

    if state in drawn["from"].split():
        assert again(row).state == drawn["to"]
    else:
        assert {**vars(again(row)), "_state": None} == {**vars(before), "_state": None}


def test_nobody_else_writes_the_state() -> None:
    google = Path(states.__file__).parent
    writers = {file.name for file in google.glob("*.py") if re.search(r"\bstate = '", file.read_text())}

    assert writers == {"states.py"}


@pytest.mark.parametrize(
    ("state", "digest"), [("absent", b"x"), ("unsure", b"x"), ("unknown", b"x"), ("whole", None), ("ended", None)]
)
def test_the_database_keeps_a_digest_of_what_is_known_and_of_nothing_else(
    card: HeldCard, state: str, digest: bytes | None
) -> None:
    row = row_in("absent", card)

    with pytest.raises(IntegrityError, match="only_what_is_whole_or_ended_has_a_digest"), transaction.atomic():
        GoogleObject.objects.filter(id=row.id).update(state=state, digest=digest)


def test_the_database_knows_no_other_state(card: HeldCard) -> None:
    row = row_in("absent", card)

    with pytest.raises(IntegrityError, match="a_google_object_is_in_one_of_five_states"), transaction.atomic():
        GoogleObject.objects.filter(id=row.id).update(state="lost")


def test_what_may_stand_there_is_the_old_fields_and_the_new_ones(card: HeldCard) -> None:
    row = row_in("whole", card)

    write_unsure(card.shop.merchant.id, row, ["state", "id"])

    assert again(row).fields == ["id", "state"]


# --- refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_a_refusal_changes_nothing_at_google(card: HeldCard, state: str) -> None:
    row = row_in(state, card)

    write_refused(card.shop.merchant.id, row, GoogleRefused(400, "Invalid logo"))

    after = again(row)
    assert (after.refused, after.answer, after.answer_status) == (True, "400 Invalid logo", 400)
    assert (after.state, after.fields, after.balance) == (state, ["id"], "1/10")
    assert after.digest == (b"old" if state in KNOWN else None)


@pytest.mark.parametrize("step", ["write_put", "write_patched", "write_ended"])
def test_what_google_takes_ends_a_refusal(card: HeldCard, step: str) -> None:
    row = row_in("whole", card)
    write_refused(card.shop.merchant.id, row, GoogleRefused(422, "no"))

    STEPS[step](card.shop.merchant.id, row)

    after = again(row)
    assert (after.refused, after.answer, after.answer_status, after.refusals) == (False, "", 0, 0)


@pytest.mark.parametrize("step", ["write_unsure", "write_unknown", "write_lost", "doubt_card", "doubt_shop"])
def test_a_doubt_keeps_a_refusal(card: HeldCard, step: str) -> None:
    row = row_in("whole", card)
    write_refused(card.shop.merchant.id, row, GoogleRefused(422, "no"))

    STEPS[step](card.shop.merchant.id, row)

    assert (again(row).refused, again(row).answer) == (True, "422 no")


def test_a_refusal_is_withdrawn_when_what_stands_there_is_wanted_again(card: HeldCard) -> None:
    row = row_in("whole", card)
    write_refused(card.shop.merchant.id, row, GoogleRefused(400, "no"))

    withdraw_refusal(card.shop.merchant.id, row)

    assert (again(row).state, again(row).refused, again(row).answer) == ("whole", False, "")


# --- what hangs on a card ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "stay"),
    [
        ("write_put", False),
        ("write_ended", False),
        ("write_patched", True),
        ("write_unsure", True),
        ("write_unknown", True),
        ("write_lost", True),
        ("doubt_card", True),
    ],
)
def test_a_put_removes_the_links_and_nothing_else_does(card: HeldCard, step: str, stay: bool) -> None:
    row, offer = row_in("whole", card), row_in("whole", card, kind="voucher")
    write_links(card.shop.merchant.id, row, add=[offer.id], remove=[])

    STEPS[step](card.shop.merchant.id, row)

    assert [one.id for one in linked_offers(card.shop.merchant.id, row)] == ([offer.id] if stay else [])


def test_the_links_of_another_card_stay(card: HeldCard, offer: Offer) -> None:
    row, other = row_in("whole", card), row_in("whole", offer.card())
    beside = row_in("whole", card, kind="voucher")
    for one in (row, other):
        write_links(card.shop.merchant.id, one, add=[beside.id], remove=[])

    write_put(card.shop.merchant.id, row, b"new", NEW)

    assert [one.object_id for one in linked_offers(card.shop.merchant.id, other)] == [beside.object_id]


def test_who_doubts_a_card_leaves_ended_offers_and_other_cards_alone(card: HeldCard, offer: Offer) -> None:
    rows = {
        "card": row_in("whole", card),
        "offer": row_in("whole", card, kind="voucher"),
        "ended offer": row_in("ended", card, kind="voucher"),
        "other card": row_in("whole", offer.card()),
    }

    _doubt(card.shop.merchant.id, rows["card"])

    assert {name: again(row).state for name, row in rows.items()} == {
        "card": "unknown",
        "offer": "unknown",
        "ended offer": "ended",
        "other card": "whole",
    }


def test_who_doubts_a_card_that_its_phone_removed_leaves_it_as_it_is(card: HeldCard) -> None:
    row = row_in("whole", card)
    GoogleObject.objects.filter(id=row.id).update(removed=now())

    _doubt(card.shop.merchant.id, row)

    assert (again(row).state, again(row).digest) == ("whole", b"old")


def test_a_rivals_row_is_out_of_reach(card: HeldCard, rossi: Shop) -> None:
    row = row_in("whole", card)

    for name, step in STEPS.items():
        if name != "doubt_card":
            step(rossi.merchant.id, row)
    with merchant_transaction(rossi.merchant.id) as tx:
        doubt_card(tx, card.id)

    assert (again(row).state, again(row).digest) == ("whole", b"old")
