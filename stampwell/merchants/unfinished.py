"""Shops whose opening was cut off.

One transaction opens a shop. On a distributed database it has two parts: the shop's own rows are committed on their
node first, then the directory's (slug, membership, account). A server that dies in between leaves a shop to which
nothing leads: nobody has ever seen it, and whoever opened it has got no answer and does so again.
"""

from datetime import timedelta
from uuid import UUID

from stampwell.clock import id_at, now
from stampwell.transactions import (
    for_each_merchant,
    merchant_transaction,
    merchants_in_directory,
    merchants_where,
)

LONGEST_OPENING = timedelta(hours=1)
# What `found_merchant` writes. If anything else belongs to the shop, its keys forbid to remove it.
_REMOVE = [
    "DELETE FROM staff_member WHERE merchant_id = %s",
    "DELETE FROM location WHERE merchant_id = %s",
    "DELETE FROM merchant WHERE id = %s",
]


def forget_unfinished_shops() -> None:
    for_each_merchant(_unfinished_merchants(), _remove)


def _unfinished_merchants() -> list[UUID]:
    before = id_at(now() - LONGEST_OPENING)
    begun = merchants_where("SELECT id FROM merchant WHERE id < %s", (before,))
    opened = set(merchants_in_directory())  # asked later, so that nobody who is opened meanwhile is missing
    return [merchant_id for merchant_id in begun if merchant_id not in opened]


def _remove(merchant_id: UUID) -> None:
    with merchant_transaction(merchant_id) as tx:
        for statement in _REMOVE:
            tx.write(statement, (merchant_id,))
