"""Who a customer turned out to be, and who turned out to be them: customers who were merged are one person."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from stampwell.transactions import Statements, columns_of

CAN_BE_UNDONE = timedelta(days=30)


class MergeRow(msgspec.Struct, frozen=True, kw_only=True):
    """`CustomerMerge` tells what the fields mean."""

    id: UUID
    customer_id: UUID
    other_id: UUID
    merged: datetime
    undone: datetime | None
    forgotten: datetime | None
    filled: list[str]
    tags: list[UUID]
    notes: list[UUID]
    cards: list[UUID]
    consent_id: UUID | None


MERGE = f"SELECT {columns_of(MergeRow)} FROM customer_merge"
_INTO = "SELECT merged_into FROM customer WHERE merchant_id = %s AND id = %s"
_OTHERS = """
    SELECT other_id FROM customer_merge
    WHERE merchant_id = %s AND customer_id = ANY(%s) AND undone IS NULL ORDER BY other_id
"""
# The latest of each customer alone, as the steps demand; nobody undoes one of a customer who went on into another.
_THAT_CAN_BE_UNDONE = """
    SELECT g.id, g.customer_id FROM customer_merge g
    JOIN customer u ON u.merchant_id = g.merchant_id AND u.id = g.customer_id AND u.merged_into IS NULL
    WHERE g.merchant_id = %(merchant)s AND g.id = ANY(%(ids)s) AND g.merged > %(since)s
      AND g.undone IS NULL AND g.forgotten IS NULL AND u.erased IS NULL AND NOT EXISTS (
        SELECT FROM customer_merge later
        WHERE later.merchant_id = g.merchant_id AND later.customer_id = g.customer_id AND later.id > g.id
          AND later.undone IS NULL
      )
"""
_MERGES_OF = f"{MERGE} WHERE merchant_id = %s AND customer_id = %s AND undone IS NULL ORDER BY id DESC"


class OpenMerge(msgspec.Struct, frozen=True):
    id: UUID
    customer_id: UUID


def who_it_is(tx: Statements, customer_id: UUID) -> UUID:
    """The customer whom this one went into, or who they are themselves."""
    while into := tx.value(UUID, _INTO, (tx.merchant_id, customer_id)):
        customer_id = into
    return customer_id


def all_that_they_were(tx: Statements, customers: list[UUID]) -> list[UUID]:
    """The customers, and everybody who went into them, however long ago."""
    found = newest = customers
    while newest:
        newest = tx.values(UUID, _OTHERS, (tx.merchant_id, newest))
        found = [*found, *newest]
    return found


def merges_of(tx: Statements, customer_id: UUID) -> list[MergeRow]:
    """Those that stand, the newest first."""
    return tx.rows(MergeRow, _MERGES_OF, (tx.merchant_id, customer_id))


def merges_to_undo(tx: Statements, ids: list[UUID], *, at: datetime) -> dict[UUID, OpenMerge]:
    """Those of them that can be undone at this moment, by their ids."""
    facts = {"merchant": tx.merchant_id, "ids": ids, "since": at - CAN_BE_UNDONE}
    return {merge.id: merge for merge in tx.rows(OpenMerge, _THAT_CAN_BE_UNDONE, facts)}
