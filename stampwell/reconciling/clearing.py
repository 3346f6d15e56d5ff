"""Files that nobody has compared go after a day; what came of the others goes after two years."""

from datetime import timedelta
from uuid import UUID

from stampwell.clock import now
from stampwell.sheets.files import forget_rows
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

UNUSED, KEPT = timedelta(days=1), timedelta(days=730)
MOST_AT_ONCE = 20  # reconciliations of a shop; the rest goes an hour later
_WITH_OLD = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT FROM reconciliation r WHERE r.merchant_id = merchant.id
            AND (r.created < %(old)s OR r.created < %(unused)s AND r.asked IS NULL)
    )
"""
_OLD = """
    SELECT id FROM reconciliation WHERE merchant_id = %(merchant)s
        AND (created < %(old)s OR created < %(unused)s AND asked IS NULL)
    ORDER BY created LIMIT %(most)s
"""
_ROWS = "DELETE FROM reconciled_row WHERE merchant_id = %s AND reconciliation_id = ANY(%s)"
_FORGET = "DELETE FROM reconciliation WHERE merchant_id = %s AND id = ANY(%s)"


def forget_old_reconciliations() -> None:
    """What a till has confirmed stays confirmed."""
    facts = {"old": now() - KEPT, "unused": now() - UNUSED}

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            old = tx.values(UUID, _OLD, facts | {"merchant": merchant_id, "most": MOST_AT_ONCE})
            tx.write(_ROWS, (merchant_id, old))
            tx.write(_FORGET, (merchant_id, old))
        for reconciliation_id in old:
            forget_rows(merchant_id, reconciliation_id)

    for_each_merchant(merchants_where(_WITH_OLD, facts), forget)
