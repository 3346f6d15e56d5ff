"""Which list a code belongs to, for who reads of the code elsewhere."""

from collections.abc import Iterable

import msgspec

from stampwell.transactions import Statements

_LISTS = """
    SELECT c.code, p.name FROM pool_code c JOIN code_pool p ON (p.merchant_id, p.id) = (c.merchant_id, c.pool_id)
    WHERE c.merchant_id = %s AND c.code = ANY(%s)
"""


class ListedCode(msgspec.Struct, frozen=True):
    code: str
    name: str


def lists_of(tx: Statements, codes: Iterable[str]) -> dict[str, str]:
    """The name of its list by each code, as it was asked for.

    A till may write in capitals what we keep in small letters, and the other way; a code that has both of them is found
    only as we keep it.
    """
    asked = set(codes)
    forms = sorted({form for code in asked for form in (code, code.upper(), code.lower())})
    names = {row.code.upper(): row.name for row in tx.rows(ListedCode, _LISTS, (tx.merchant_id, forms))}
    return {code: names[code.upper()] for code in asked if code.upper() in names}
