"""Whether, and after how many months, a shop deletes customers who do not come any more.

`cards/inactivity.py` knows who that is, `cards/erasing_inactive.py` tells and deletes them. A clock that is ahead for
a moment must not delete everybody, so the days of a shop are counted here: each day on which it was looked after adds
one, however far the clock has jumped.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.customers.consenting import lock_who_it_is
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, columns_of, merchant_transaction, merchants_where

MONTHS: Final = (12, 18, 24, 36)
SHARE: Final = 20  # one in so many customers is told on a day, and as many are deleted
AT_LEAST: Final = 50  # a small shop is done within a few days all the same


class RetentionRow(msgspec.Struct, frozen=True, kw_only=True):
    """The fields mean what they mean in `Retention`."""

    id: UUID
    months: int
    day: date | None
    day_number: int
    budget: int
    told: int
    erased: int
    seen_after: datetime | None
    card_after: UUID | None


_READ = f"SELECT {columns_of(RetentionRow)} FROM retention WHERE merchant_id = %s"
_HOLD = f"{_READ} FOR NO KEY UPDATE"
_WRITE = """
    UPDATE retention SET day = %(day)s, day_number = %(day_number)s, budget = %(budget)s, told = %(told)s,
        erased = %(erased)s, seen_after = %(seen_after)s, card_after = %(card_after)s
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_MONTHS = "UPDATE retention SET months = %s WHERE merchant_id = %s AND id = %s"
_CARDS = "SELECT count(*)::int FROM card_standing WHERE merchant_id = %s"
_KEEP = """
    UPDATE erasure_warning SET kept = %(at)s WHERE merchant_id = %(merchant)s AND customer_id = %(customer)s
"""
_WHERE_ON = """
    SELECT id FROM merchant
    WHERE closed IS NULL AND EXISTS (SELECT FROM retention r WHERE r.merchant_id = merchant.id)
"""


def merchants_with_retention() -> list[UUID]:
    """Not those that are closed: nobody could come there, so no day counts."""
    return merchants_where(_WHERE_ON)


def read_retention(tx: Statements) -> RetentionRow | None:
    """None where nobody is deleted."""
    return tx.row(RetentionRow, _READ, (tx.merchant_id,))


def hold_retention(tx: Statements) -> RetentionRow | None:
    """Held until the transaction ends: of two workers one counts, and it is not switched off meanwhile."""
    return tx.row(RetentionRow, _HOLD, (tx.merchant_id,))


def write_retention(tx: Statements, row: RetentionRow) -> None:
    tx.write(_WRITE, msgspec.structs.asdict(row) | {"merchant": tx.merchant_id})


def change_retention(merchant: Merchant, months: int | None, *, actor: Actor) -> None:
    """None switches it off: whoever was told is told anew, should it be switched on again."""
    assert months is None or months in MONTHS
    with merchant_transaction(merchant.id) as tx:
        lock_merchant(tx)
        before = hold_retention(tx)
        if months is None:
            tx.write("DELETE FROM erasure_warning WHERE merchant_id = %s", (tx.merchant_id,))
            tx.write("DELETE FROM retention WHERE merchant_id = %s", (tx.merchant_id,))
        elif before:
            tx.write(_MONTHS, (months, tx.merchant_id, before.id))
        else:
            tx.insert("retention", _begun(months))
        old, new = {"erases_after": before.months if before else None}, {"erases_after": months}
        changed(tx, "shop.changed", by=actor, name=merchant.name, before=old, after=new)


def on_its_day(tx: Statements, row: RetentionRow, *, today: date) -> RetentionRow:
    """Begins a new day where it is one. Where the clock went back, the day goes on that had begun."""
    if row.day is not None and today <= row.day:
        return msgspec.structs.replace(row, day=today)
    cards = tx.value(int, _CARDS, (tx.merchant_id,)) or 0
    return msgspec.structs.replace(
        row, day=today, day_number=row.day_number + 1, budget=max(AT_LEAST, cards // SHARE), told=0, erased=0
    )


def keep_customer(merchant: Merchant, customer_id: UUID) -> None:
    """Who was told that they will be deleted says that they want to stay. Of others there is nothing to write down.

    They are held, so that nobody who is being deleted reads that their card stays. Refuses: NotFound.
    """
    with merchant_transaction(merchant.id) as tx:
        customer_id = lock_who_it_is(tx, customer_id)
        tx.write(_KEEP, {"merchant": tx.merchant_id, "customer": customer_id, "at": now()})


def _begun(months: int) -> RetentionRow:
    return RetentionRow(
        id=new_id(),
        months=months,
        day=None,
        day_number=0,
        budget=0,
        told=0,
        erased=0,
        seen_after=None,
        card_after=None,
    )
