"""A change of the whole shop, such as its name, spread over everything that shows it: some at a time.

It goes in the order of ids, and only while nothing else of the shop waits, so a stamp is never behind a hundred
thousand cards. How far it has come stands in the shop's feed; who is killed goes on from there.
"""

from collections.abc import Callable
from random import shuffle
from typing import Literal
from uuid import UUID

import msgspec
from django.conf import settings

from stampwell.transactions import Statements, merchant_transaction, merchants_where

# How passes are made. One more in a change after which they look or say otherwise, and phones are not to wait for
# the next event on each card.
EDITION = 1
BEGINNING = UUID(int=0)


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Over what a change goes. `column` of the feed holds the last id that it came to; NULL when it came to all.

    `touch_next` marks what comes after an id, at most so many, and returns their ids in order.
    """

    column: Literal["apple_after", "google_after"]
    is_busy: Callable[[Statements], bool]
    touch_next: Callable[[Statements, UUID, int], list[UUID]]


def begin(tx: Statements, spread: Spread) -> None:
    """From the first one on, also where an earlier change had not come to the last. The caller holds the feed."""
    tx.write(f"UPDATE wallet_feed SET {spread.column} = %s WHERE merchant_id = %s", (BEGINNING, tx.merchant_id))


def merchants_to_spread(spread: Spread) -> list[UUID]:
    """Each time in another order: a shop with very many cards keeps no other one waiting for long."""
    merchants = merchants_where(f"SELECT merchant_id FROM wallet_feed WHERE {spread.column} IS NOT NULL")
    shuffle(merchants)
    return merchants


def spread_further(merchant_id: UUID, spread: Spread, *, most: int) -> int:
    """Touches what comes next, unless something waits already; returns how many."""
    sql = f"SELECT {spread.column} FROM wallet_feed WHERE merchant_id = %s FOR UPDATE"
    with merchant_transaction(merchant_id) as tx:
        place = tx.value(UUID, sql, (merchant_id,))
        if place is None or spread.is_busy(tx):
            return 0
        touched = spread.touch_next(tx, place, most)
        after = touched[-1] if len(touched) == most else None
        tx.write(f"UPDATE wallet_feed SET {spread.column} = %s WHERE merchant_id = %s", (after, merchant_id))
        return len(touched)


def made_as() -> str:
    """What everything in phones has in common, besides the shop: where it comes from and how it is made."""
    return f"{EDITION} {settings.BASE_URL}"


def merchants_made_otherwise() -> list[UUID]:
    """Those whose passes were made under another address, or by an earlier edition."""
    return merchants_where("SELECT merchant_id FROM wallet_feed WHERE made_as IS DISTINCT FROM %s", (made_as(),))


def make_again(merchant_id: UUID, spreads: list[Spread]) -> None:
    """Everything of this shop is to be looked at as it is made now."""
    with merchant_transaction(merchant_id) as tx:
        tx.write("UPDATE wallet_feed SET made_as = %s WHERE merchant_id = %s", (made_as(), merchant_id))
        for spread in spreads:
            begin(tx, spread)
