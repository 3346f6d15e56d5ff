"""A change of the whole shop, such as its name, has to reach every pass that shows it. It goes over them in portions.

It follows the order of their ids, and only while nothing else of the shop is waiting. So a stamp never waits behind a
hundred thousand cards. The shop's feed says how far the change has come; a worker that was killed goes on from there.
"""

from collections.abc import Callable
from random import shuffle
from typing import Literal
from uuid import UUID

import msgspec
from django.conf import settings

from stampwell.transactions import Statements, merchant_transaction, merchants_where

# Raise this number when a release changes how passes look, so that all phones fetch them again.
EDITION = 2
BEGINNING = UUID(int=0)


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in one wallet that a change of the shop has to go over.

    `column` of the feed holds the last id to which the change has come. It is NULL when the change has come to all.
    `mark_next` marks what comes after an id as changed, at most so many, and returns their ids in order.
    """

    column: Literal["apple_after", "google_after"]
    is_busy: Callable[[Statements], bool]
    mark_next: Callable[[Statements, UUID, int], list[UUID]]


def begin_spread(tx: Statements, spread: Spread) -> None:
    """Begins with the first id, even if an earlier change has not come to the last one. The caller holds the feed."""
    tx.write(f"UPDATE wallet_feed SET {spread.column} = %s WHERE merchant_id = %s", (BEGINNING, tx.merchant_id))


def merchants_to_spread(spread: Spread) -> list[UUID]:
    """In another order each time, so that a shop with very many cards keeps no other shop waiting for long."""
    merchants = merchants_where(f"SELECT merchant_id FROM wallet_feed WHERE {spread.column} IS NOT NULL")
    shuffle(merchants)
    return merchants


def spread_further(merchant_id: UUID, spread: Spread, *, most: int) -> int:
    """Marks the next portion as changed, unless something else is waiting. Returns how many it has marked."""
    sql = f"SELECT {spread.column} FROM wallet_feed WHERE merchant_id = %s FOR UPDATE"
    with merchant_transaction(merchant_id) as tx:
        place = tx.value(UUID, sql, (merchant_id,))
        if place is None or spread.is_busy(tx):
            return 0
        marked = spread.mark_next(tx, place, most)
        after = marked[-1] if len(marked) == most else None
        tx.write(f"UPDATE wallet_feed SET {spread.column} = %s WHERE merchant_id = %s", (after, merchant_id))
        return len(marked)


def current_edition() -> str:
    """What all passes have in common, whatever shop they are of: how they are made, and to which address they lead."""
    return f"{EDITION} {settings.BASE_URL}"


def merchants_with_outdated_passes() -> list[UUID]:
    """Shops whose passes were made by an earlier release, or under another address."""
    return merchants_where(
        "SELECT merchant_id FROM wallet_feed WHERE made_as IS DISTINCT FROM %s", (current_edition(),)
    )


def remake_passes(merchant_id: UUID, spreads: list[Spread]) -> None:
    """Begins to look at every pass of this shop, and writes down that they are of the current edition."""
    with merchant_transaction(merchant_id) as tx:
        tx.write("UPDATE wallet_feed SET made_as = %s WHERE merchant_id = %s", (current_edition(), merchant_id))
        for spread in spreads:
            begin_spread(tx, spread)
