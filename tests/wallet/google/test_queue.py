"""How a card waits its turn, as `stampwell/wallet/google/queue.py` draws it: every step from every situation."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from stampwell.clock import new_id, now, stopped_at
from stampwell.transactions import merchant_transaction
from stampwell.wallet.google import queue
from stampwell.wallet.google.dispatch import DENIED_PAUSE, REFUSED_PAUSES, UNMADE_PAUSE
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.queue import (
    LEASE,
    LONGEST_PAUSE,
    ask_for_card,
    claim_card,
    count_due_cards,
    merchants_with_due_cards,
    note_changed_cards,
    note_saved_card,
    wait_after_failure,
    wait_after_refusal,
    write_done,
)
from stampwell.wallet.google.table import ObjectRow, remember
from tests.wallet.google.drawn_table import read_table
from tests.world import HeldCard

pytestmark = pytest.mark.django_db

DRAWN = read_table(queue, "function")
SOON, LATER = timedelta(seconds=30), timedelta(hours=1)


@pytest.fixture(autouse=True)
def at() -> Iterator[datetime]:
    """A moment at which time stands still."""
    with stopped_at(now()):
        yield now()


def situation_of(row: ObjectRow | GoogleObject) -> str:
    """As the first table draws it."""
    at = now()
    if row.due is None:
        return "idle"
    if row.leased_until is not None and row.leased_until > at:
        return "leased" if row.tries else "tapped"
    if row.due <= at:
        return "due"
    return "failed" if row.tries else "refused"


def row_in(situation: str, card: HeldCard) -> ObjectRow:
    """Each situation with the columns that the first table draws."""
    at = now()
    columns: dict[str, dict[str, object]] = {
        "idle": {},
        "due": {"due": at - SOON},
        "leased": {"due": at - SOON, "leased_until": at + SOON, "tries": 1},
        "tapped": {"due": at - SOON, "leased_until": at + SOON},
        "failed": {"due": at + SOON, "tries": 2},
        "refused": {"due": at + LATER, "refusals": 1},
    }
    name = f"1.{new_id().hex}"
    made = remember(card.shop.merchant.id, "card", card.id, name, card_id=card.id)
    GoogleObject.objects.filter(id=made.id).update(**columns[situation])
    row = remember(card.shop.merchant.id, "card", card.id, name)
    assert situation_of(row) == situation
    return row


def again(row: ObjectRow) -> GoogleObject:
    return GoogleObject.objects.get(id=row.id)


def note(merchant_id: UUID, row: ObjectRow) -> None:
    assert row.card_id is not None
    with merchant_transaction(merchant_id) as tx:
        note_changed_cards(tx, [row.card_id])


def save(merchant_id: UUID, row: ObjectRow) -> None:
    with merchant_transaction(merchant_id) as tx:
        note_saved_card(tx, row.id)


def claim(merchant_id: UUID, _row: ObjectRow) -> None:
    claim_card(merchant_id)


def fail(merchant_id: UUID, row: ObjectRow) -> None:
    wait_after_failure(merchant_id, row, "503 trouble", status=503, again=now() + SOON)


def refuse(merchant_id: UUID, row: ObjectRow) -> None:
    wait_after_refusal(merchant_id, row, refusals=1, again=now() + LATER)


STEPS: dict[str, Callable[[UUID, ObjectRow], None]] = {
    "note_changed_cards": note,
    "note_saved_card": save,
    "ask_for_card": ask_for_card,
    "claim_card": claim,
    "write_done": write_done,
    "wait_after_failure": fail,
    "wait_after_refusal": refuse,
}
SITUATIONS = list(DRAWN["claim_card"])


def test_every_step_and_every_situation_is_drawn() -> None:
    assert set(DRAWN) == set(STEPS)
    assert list(read_table(queue, "situation")) == SITUATIONS


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_leads_where_it_is_drawn_and_nowhere_else(card: HeldCard, step: str, situation: str) -> None:
    drawn, row = DRAWN[step][situation], row_in(situation, card)
    before = again(row)

    STEPS[step](card.shop.merchant.id, row)

    if drawn == "-":
        assert {**vars(again(row)), "_state": None} == {**vars(before), "_state": None}
    else:
        assert situation_of(again(row)) == drawn.split()[0]


@pytest.mark.parametrize("step", ["write_done", "wait_after_refusal"])
def test_what_was_noted_meanwhile_makes_it_due(card: HeldCard, step: str) -> None:
    row = row_in("leased", card)
    note(card.shop.merchant.id, row)

    STEPS[step](card.shop.merchant.id, row)

    assert DRAWN[step]["leased"].endswith("(due)")
    assert situation_of(again(row)) == "due"
    assert (again(row).due, again(row).leased_until, again(row).tries) == (now(), None, 0)


def test_a_busy_google_is_asked_no_sooner_for_what_was_noted_meanwhile(card: HeldCard) -> None:
    row = row_in("leased", card)
    note(card.shop.merchant.id, row)

    fail(card.shop.merchant.id, row)

    assert situation_of(again(row)) == "failed"
    assert again(row).due == now() + SOON


@pytest.mark.parametrize("situation", ["leased", "tapped", "failed", "refused"])
def test_time_alone_makes_it_due(card: HeldCard, situation: str) -> None:
    row = row_in(situation, card)

    with stopped_at(now() + LATER):
        claimed = claim_card(card.shop.merchant.id)

        assert claimed is not None
        assert (claimed.id, claimed.leased_until, claimed.tries) == (row.id, now() + LEASE, row.tries + 1)


def test_a_change_begins_the_count_of_refusals_anew(card: HeldCard) -> None:
    row = row_in("refused", card)

    note(card.shop.merchant.id, row)

    assert (again(row).refusals, again(row).due) == (0, now())


def test_the_first_change_is_when_it_became_due(card: HeldCard) -> None:
    row = row_in("due", card)

    note(card.shop.merchant.id, row)

    assert again(row).due == row.due


@pytest.mark.parametrize("columns", [{"leased_until": "2026-11-22T12:00Z"}, {"tries": 1}, {"refusals": 1}], ids=str)
def test_the_database_keeps_no_lease_and_no_count_of_an_idle_card(card: HeldCard, columns: dict[str, object]) -> None:
    row = row_in("idle", card)

    wrong = "a_card_that_is_not_due_is_neither_leased_nor_tried"
    with pytest.raises(IntegrityError, match=wrong), transaction.atomic():
        GoogleObject.objects.filter(id=row.id).update(**columns)


def test_the_database_lets_nothing_but_a_card_be_due(card: HeldCard) -> None:
    row = remember(card.shop.merchant.id, "voucher", new_id(), "1.offer", card_id=card.id)

    with pytest.raises(IntegrityError, match="only_a_card_is_due_at_google"), transaction.atomic():
        GoogleObject.objects.filter(id=row.id).update(due=now())


@pytest.mark.parametrize(
    "columns",
    [
        {"due": timedelta(hours=9), "tries": 1},
        {"due": timedelta(hours=9), "refusals": 2},
        {"due": -SOON, "leased_until": timedelta(hours=9), "tries": 1},
        {"due": timedelta(hours=9), "leased_until": timedelta(hours=9)},
    ],
)
def test_what_was_put_off_while_the_clock_was_ahead_is_claimed_now(card: HeldCard, columns: dict[str, object]) -> None:
    row, merchant_id = row_in("due", card), card.shop.merchant.id
    moments = {name: now() + value if isinstance(value, timedelta) else value for name, value in columns.items()}
    GoogleObject.objects.filter(id=row.id).update(**moments)

    assert merchants_with_due_cards() == [merchant_id]
    assert count_due_cards(at_most=5) == 1
    claimed = claim_card(merchant_id)

    assert claimed is not None
    assert again(row).leased_until == now() + LEASE


def test_no_pause_is_longer_than_the_longest() -> None:
    assert max(*REFUSED_PAUSES, DENIED_PAUSE, UNMADE_PAUSE) == LONGEST_PAUSE
