"""Customers who do not come any more are told, and a month later deleted: by the clock, where a shop wants it.

Each customer is one transaction, so a worker that dies leaves nobody half deleted, and whoever comes after it goes on
where it was: who was told is told no more. A run looks at so many cards and deletes so many customers, and holds no
more than a page of them.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.erasing import erase_held
from stampwell.cards.erasure_mail import write_warning
from stampwell.cards.inactivity import Candidate, Life, is_warned, may_erase, quiet_cards, read_life
from stampwell.cards.rows import lock_card
from stampwell.clock import new_id, now
from stampwell.customers.erasing import lock_person
from stampwell.customers.retention import (
    RetentionRow,
    hold_retention,
    merchants_with_retention,
    on_its_day,
    write_retention,
)
from stampwell.events.actors import CLOCK
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, for_each_merchant, merchant_transaction

PAGE, MOST_PAGES = 500, 4  # cards that one run looks at in a shop
MOST_HELD = 200  # customers of a shop whom one run holds to look at them, and tells or deletes


class WarnedEvent(msgspec.Struct, frozen=True):
    """`erased_from` is the earliest moment of the deletion, should nothing happen until then."""

    customer_id: str
    erased_from: datetime


_CARDS = "SELECT id FROM card WHERE merchant_id = %s AND customer_id = %s ORDER BY id"
_TELL = """
    INSERT INTO erasure_warning AS w (merchant_id, id, customer_id, told, day_number)
    VALUES (%(merchant)s, %(id)s, %(customer)s, %(at)s, %(day)s)
    ON CONFLICT (merchant_id, customer_id) DO UPDATE SET told = excluded.told, day_number = excluded.day_number
"""


def erase_inactive_customers() -> None:
    for_each_merchant(merchants_with_retention(), erase_inactive_of)


def erase_inactive_of(merchant_id: UUID, *, most: int = MOST_HELD) -> None:
    """One run; the next one goes on after the card at which this one ended."""
    for _page in range(MOST_PAGES):
        found, due = read_page(merchant_id)
        for candidate in due[:most]:
            look_at(merchant_id, candidate.customer_id)
        is_cut = len(due) > most
        last = due[most - 1] if is_cut else found[-1] if len(found) == PAGE else None
        move_on(merchant_id, last)
        most -= len(due)
        if most <= 0 or last is None:
            return


def read_page(merchant_id: UUID) -> tuple[list[Candidate], list[Candidate]]:
    """The next cards, and those of them for which there is something to do today."""
    with merchant_transaction(merchant_id) as tx:
        at, retention = now(), hold_retention(tx)
        if retention is None:
            return [], []
        today = _begin_day(tx, retention, at=at)
        after = (today.seen_after, today.card_after)
        found = quiet_cards(tx, months=today.months, at=at, after=after, limit=PAGE)
    left = {"tell": today.told < today.budget, "erase": today.erased < today.budget, "": False}
    return found, [one for one in found if left[one.due]]


def look_at(merchant_id: UUID, customer_id: UUID) -> None:
    """All is held that a stamp, a merge or the owner could change meanwhile."""
    with merchant_transaction(merchant_id) as tx:
        merchant, retention = lock_merchant(tx), hold_retention(tx)
        if retention is None or merchant.closed:
            return
        lock_person(tx, customer_id)
        cards = tx.values(UUID, _CARDS, (tx.merchant_id, customer_id))
        for card_id in cards:
            lock_card(tx, card_id)
        at = now()
        life = read_life(tx, customer_id, months=retention.months, at=at)
        if life is None or life.has_reward:
            return
        if not is_warned(life, at=at):
            _tell(tx, merchant, customer_id, cards, life, retention, at=at)
        elif may_erase(life, day_number=retention.day_number, at=at) and retention.erased < retention.budget:
            erase_held(tx, customer_id, cards, at=at, actor=CLOCK)
            write_retention(tx, msgspec.structs.replace(retention, erased=retention.erased + 1))


def _tell(
    tx: Statements,
    merchant: Merchant,
    customer_id: UUID,
    cards: list[UUID],
    life: Life,
    retention: RetentionRow,
    *,
    at: datetime,
) -> None:
    if not life.may_tell or retention.told >= retention.budget:
        return
    facts = {"merchant": tx.merchant_id, "id": new_id(), "customer": customer_id, "at": at}
    tx.write(_TELL, facts | {"day": retention.day_number})
    write_retention(tx, msgspec.structs.replace(retention, told=retention.told + 1))
    told = read_life(tx, customer_id, months=retention.months, at=at)
    assert told is not None, "it is held"
    write_warning(tx, merchant, customer_id, erased_from=told.erased_from)
    data = WarnedEvent(public_id("cus", customer_id), told.erased_from)
    record(tx, "customer.warned", data, at=at, actor=CLOCK, card_id=max(cards, default=None))


def _begin_day(tx: Statements, retention: RetentionRow, *, at: datetime) -> RetentionRow:
    today = on_its_day(tx, retention, today=at.date())
    if today != retention:
        write_retention(tx, today)
    return today


def move_on(merchant_id: UUID, last: Candidate | None) -> None:
    """Only now: whoever was not looked at because a worker died is looked at again."""
    with merchant_transaction(merchant_id) as tx:
        if retention := hold_retention(tx):
            seen, card = (last.seen, last.card_id) if last else (None, None)
            write_retention(tx, msgspec.structs.replace(retention, seen_after=seen, card_after=card))
