"""Customers of before, found by the words of today: whoever was folded in an older way is folded again, by a job.

The edition that made a row's words is kept with the row. So raising FOLDING is all that a change of folding takes, and
also what an older process wrote during an upgrade is found. Each shop has a job of its own; it takes a few hundred
customers at a time, waits for no row that somebody works on, and may be begun again at any point.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.customers.search_text import FOLDING, search_text
from stampwell.events.actors import CLOCK
from stampwell.jobs.asking import ask_for
from stampwell.jobs.run import Run
from stampwell.transactions import Statements, for_each_merchant, merchant_transaction, merchants_where

REFOLD = "refold"  # the kind of the job
AT_ONCE = 500  # customers
_NONE = UUID(int=0)


class _Behind(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    email: str
    phone: str


# A job that has failed is left to whoever looks at it for a day. Moments of the future are of a clock that was ahead.
_BEHIND = f"""
    SELECT id FROM merchant WHERE (
        EXISTS (SELECT FROM customer WHERE customer.merchant_id = merchant.id AND customer.folding IS NULL)
        OR EXISTS (SELECT FROM customer WHERE customer.merchant_id = merchant.id AND customer.folding < %(folding)s)
    ) AND NOT EXISTS (
        SELECT FROM job WHERE job.merchant_id = merchant.id AND job.kind = '{REFOLD}' AND (
            job.ended IS NULL
            OR job.state = 'failed' AND job.created > %(yesterday)s AND job.created <= %(at)s
        )
    )
"""
_IS_BEHIND = "(folding IS NULL OR folding < %s)"
_COUNT = f"SELECT count(*) FROM customer WHERE merchant_id = %s AND {_IS_BEHIND}"
# Not FOR UPDATE: a card may be given to the customer meanwhile.
_NEXT = f"""
    SELECT id, name, email, phone FROM customer WHERE merchant_id = %s AND {_IS_BEHIND} AND id > %s
    ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""
_FOLD = """
    UPDATE customer SET search = new.search, folding = %(folding)s
    FROM (SELECT unnest(%(ids)s::uuid[]) AS id, unnest(%(texts)s::text[]) AS search) new
    WHERE customer.merchant_id = %(merchant)s AND customer.id = new.id
"""


def ask_for_refolding() -> None:
    """For each shop with customers who were folded in an older way."""

    at = now()
    facts = {"folding": FOLDING, "at": at, "yesterday": at - timedelta(days=1)}

    def ask(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            ask_for(tx, REFOLD, asker=CLOCK)

    for_each_merchant(merchants_where(_BEHIND, facts), ask)


def refold_shop(run: Run) -> None:
    with run.step() as tx:
        run.note(tx, total=run.done + (tx.value(int, _COUNT, (tx.merchant_id, FOLDING)) or 0))
    while _refold_further(run):
        pass


def _refold_further(run: Run) -> bool:
    """Whether there may be more."""
    with run.step() as tx:
        last = UUID(run.cursor) if run.cursor else _NONE
        rows = tx.rows(_Behind, _NEXT, (tx.merchant_id, FOLDING, last, AT_ONCE))
        if not rows:
            return False
        _fold(tx, rows)
        run.note(tx, done=run.done + len(rows), cursor=str(rows[-1].id))
    return True


def _fold(tx: Statements, rows: list[_Behind]) -> None:
    texts = [search_text(name=row.name, email=row.email, phone=row.phone) for row in rows]
    tx.write(
        _FOLD,
        {"folding": FOLDING, "ids": [row.id for row in rows], "texts": texts, "merchant": tx.merchant_id},
    )
