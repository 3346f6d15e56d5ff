"""Files that nobody imports go after a day, and imports themselves some weeks later: then they cannot be undone."""

from uuid import UUID

from stampwell.clock import now
from stampwell.imports.asking import KEPT, ROW_KEPT
from stampwell.sheets.files import forget_files_older_than, forget_rows
from stampwell.transactions import for_each_merchant, merchant_transaction, merchants_where

_WITH_OLD = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT FROM card_import i WHERE i.merchant_id = merchant.id
            AND (i.created < %(old)s OR i.created < %(unused)s AND i.write_job_id IS NULL)
    )
"""
_FORGET = """
    DELETE FROM card_import WHERE merchant_id = %(merchant)s
        AND (created < %(old)s OR created < %(unused)s AND write_job_id IS NULL)
    RETURNING id
"""


def forget_old_imports() -> None:
    facts = {"old": now() - ROW_KEPT, "unused": now() - KEPT}

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            gone = tx.values(UUID, _FORGET, facts | {"merchant": merchant_id})
        for import_id in gone:
            forget_rows(merchant_id, import_id)

    for_each_merchant(merchants_where(_WITH_OLD, facts), forget)
    forget_files_older_than(2 * KEPT)  # of those that are imported: a job is tried again for hours
