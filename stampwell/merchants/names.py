"""What people, devices, keys and places are called, by their ids."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from stampwell.transactions import Statements


class _NameRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str


_NAMES = """
    SELECT id, name FROM staff_member WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s)
    UNION ALL SELECT id, name FROM station WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s)
    UNION ALL SELECT id, name FROM api_key WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s)
    UNION ALL SELECT id, name FROM location WHERE merchant_id = %(merchant)s AND id = ANY(%(ids)s)
"""


def names_of(tx: Statements, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """One question for all of them, whatever they are; who has left is still called by name."""
    known = list({id for id in ids if id})
    if not known:
        return {}
    return {row.id: row.name for row in tx.rows(_NameRow, _NAMES, {"merchant": tx.merchant_id, "ids": known})}
