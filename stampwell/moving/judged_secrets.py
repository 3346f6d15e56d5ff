"""Whether the secrets that came along are those of their rows: links and codes are known by their hashes.

A card whose row says that it has brought secrets, and that has brought none, would show links that open nothing.
"""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from stampwell.brought.secrets import PURPOSES, Secrets, plain_issue, unseal_secrets
from stampwell.ids import public_id
from stampwell.tokens import is_same_secret, scan_code
from stampwell.transactions import columns_of, merchant_transaction

AT_ONCE = 1000  # rows
_NONE = UUID(int=0)
_CAME_LATER = ("card-paper",)  # a file of an earlier release has none: it is derived here
_KINDS = {"card": "crd", "voucher": "vch"}


class _Held(msgspec.Struct, frozen=True):
    id: UUID
    issue: int
    code_hash: bytes
    token_hash: bytes
    sealed: bytes | None


_NEXT = f"""
    SELECT {columns_of(_Held)} FROM {{table}} LEFT JOIN (SELECT id AS of_id, sealed FROM brought_secret) brought
        ON of_id = id
    WHERE merchant_id = %s AND id > %s ORDER BY id LIMIT %s
"""


def false_secrets(merchant_id: UUID) -> Iterator[str]:
    for table, kind in _KINDS.items():
        for held in _each(merchant_id, table):
            if not _is_true(table, held, unseal_secrets(held.sealed) if held.sealed else {}):
                yield f"{public_id(kind, held.id)} has brought other secrets than its links are made of."


def _each(merchant_id: UUID, table: str) -> Iterator[_Held]:
    last = _NONE
    while True:
        with merchant_transaction(merchant_id) as tx:
            rows = tx.rows(_Held, _NEXT.format(table=table), (tx.merchant_id, last, AT_ONCE))
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].id


def _is_true(table: str, held: _Held, brought: Secrets) -> bool:
    """Each issue has all of its secrets, and those of the present one are what the row is found by."""
    sizes = PURPOSES[table]
    missed = {purpose: size for purpose, size in sizes.items() if purpose in _CAME_LATER}
    if any(missed | {purpose: len(told) for purpose, told in one.items()} != sizes for one in brought.values()):
        return False
    own = brought.get(plain_issue(held.issue), {})
    link, code = own.get(f"{table}-link", b""), own.get(f"{table}-code", b"")
    letter = table[0].upper()
    return is_same_secret(link.hex(), held.token_hash) and is_same_secret(scan_code(letter, code), held.code_hash)
