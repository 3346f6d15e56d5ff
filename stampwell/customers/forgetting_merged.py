"""Thirty days after a merge it is final: what was known of the other customer is forgotten.

The row stays with what they said about messages, for the ledger of consent is kept.
"""

from datetime import datetime
from uuid import UUID

from stampwell.clock import now
from stampwell.customers.merged_people import CAN_BE_UNDONE
from stampwell.customers.noting import forget_notes
from stampwell.customers.search_text import FOLDING, search_text
from stampwell.customers.tagging import forget_tags
from stampwell.merchants.changing import lock_merchant
from stampwell.transactions import Statements, for_each_merchant, merchant_transaction, merchants_where

_DUE_SHOPS = """
    SELECT DISTINCT merchant_id FROM customer_merge WHERE undone IS NULL AND forgotten IS NULL AND merged <= %s
"""
_DUE = """
    UPDATE customer_merge SET forgotten = %s
    WHERE merchant_id = %s AND undone IS NULL AND forgotten IS NULL AND merged <= %s RETURNING other_id
"""
_BLANK = """
    UPDATE customer SET name = '', email = '', phone = '', birthday = NULL, search = %(search)s, folding = %(folding)s
    WHERE merchant_id = %(merchant)s AND id = ANY(%(others)s)
"""


def forget_merged_people() -> None:
    at = now()

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            _forget(tx, at=at)

    for_each_merchant(merchants_where(_DUE_SHOPS, (at - CAN_BE_UNDONE,)), forget)


def _forget(tx: Statements, *, at: datetime) -> None:
    lock_merchant(tx)  # nobody undoes one of them meanwhile
    others = tx.values(UUID, _DUE, (at, tx.merchant_id, at - CAN_BE_UNDONE))
    nothing = {"search": search_text(name="", email="", phone=""), "folding": FOLDING}
    tx.write(_BLANK, nothing | {"merchant": tx.merchant_id, "others": others})
    forget_tags(tx, others)
    forget_notes(tx, others)
