"""Which list a code belongs to, for who reads of the code elsewhere."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from stampwell.transactions import Statements

_LISTS = """
    SELECT c.code, p.id AS pool_id, p.name, c.withdrawn IS NOT NULL OR c.revoked IS NOT NULL AS is_withdrawn
    FROM pool_code c JOIN code_pool p ON (p.merchant_id, p.id) = (c.merchant_id, c.pool_id)
    WHERE c.merchant_id = %s AND c.code = ANY(%s)
"""


class ListedCode(msgspec.Struct, frozen=True):
    """`name` is that of its list; `is_withdrawn` says that it goes to nobody any more."""

    code: str
    pool_id: UUID
    name: str
    is_withdrawn: bool


def lists_of(tx: Statements, codes: Iterable[str]) -> dict[str, ListedCode]:
    """The list of each code, by the code as it was asked for.

    A till may write in capitals what we keep in small letters, and the other way; a code that has both of them is found
    only as we keep it.
    """
    asked = set(codes)
    forms = sorted({form for code in asked for form in (code, code.upper(), code.lower())})
    found = {row.code.upper(): row for row in tx.rows(ListedCode, _LISTS, (tx.merchant_id, forms))}
    return {code: found[code.upper()] for code in asked if code.upper() in found}
