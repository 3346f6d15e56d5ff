"""What an archive may bring of no other shop: ids whose secrets open something there.

Keys of tables begin with the shop, so the same id may stand in two of them. But secrets are asked for, and derived, by
the id alone: a shop that came with the id of another's card would have that card's links.
"""

from collections.abc import Sequence
from uuid import UUID

from stampwell.brought.secrets import PURPOSES
from stampwell.moving.trouble import MoveTrouble
from stampwell.transactions import Statements

_OURS = " UNION ALL ".join(f"SELECT id FROM {table} WHERE merchant_id = %(shop)s" for table in PURPOSES)
_OTHERS = " UNION ALL ".join(f"SELECT id FROM {table} WHERE merchant_id <> %(shop)s" for table in PURPOSES)
_NAMED = f"SELECT 1 FROM ({_OTHERS}) others WHERE id = ANY(%(ids)s) LIMIT 1"
_SHARED = f"SELECT 1 FROM ({_OURS}) ours JOIN ({_OTHERS}) others USING (id) LIMIT 1"
_WITHOUT_ROW = f"SELECT 1 FROM brought_secret WHERE merchant_id = %(shop)s AND id NOT IN ({_OURS}) LIMIT 1"
_TAKEN = "The archive holds ids of another shop here: it was not made by Stampwell. The shop stays hidden."


def refuse_ids_of_others(tx: Statements, ids: Sequence[UUID]) -> None:
    """Before their secrets are written, which count from that moment on. Raises MoveTrouble."""
    if tx.exists(_NAMED, {"shop": tx.merchant_id, "ids": list(ids)}):
        raise MoveTrouble(_TAKEN)


def require_own_ids(tx: Statements) -> None:
    """When all rows are there: each is of this shop alone, and no secret is without its row. Raises MoveTrouble."""
    if tx.exists(_SHARED, {"shop": tx.merchant_id}):
        raise MoveTrouble(_TAKEN)
    if tx.exists(_WITHOUT_ROW, {"shop": tx.merchant_id}):
        raise MoveTrouble("The archive holds secrets of nothing: it was not made by Stampwell. The shop stays hidden.")
