"""Single codes are withdrawn, and the vouchers that have one of them get another, as where a whole file is."""

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.rows import CodeRow, read_pool
from stampwell.redeem_codes.withdrawing import Reason, codes_named, withdraw
from stampwell.transactions import columns_of, merchant_transaction
from stampwell.vouchers.exchanging import give_another
from stampwell.vouchers.rows import VoucherRow, state_at

type Outcome = Literal["withdrawn", "used", "unknown"]
_HOLDERS = f"""
    SELECT {columns_of(VoucherRow)} FROM voucher WHERE merchant_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE
"""


class NamedCode(msgspec.Struct, frozen=True):
    """`code` is as it was asked for; `row` is None where the list has no such code."""

    code: str
    outcome: Outcome
    row: CodeRow | None


def withdraw_single_codes(
    merchant: Merchant, pool_id: UUID, codes: Sequence[str], *, reason: Reason, actor: Actor
) -> list[NamedCode]:
    """What became of each code of the list, once and in their order. No voucher gets one of them any more, and one that
    has one and is unused gets another; while it shows it and no other is left, it goes on showing it.

    A code that was used, here or as the till says, stays as it is. A second time it changes nothing. Refuses: NotFound.
    """
    asked, at = list(dict.fromkeys(codes)), now()
    with merchant_transaction(merchant.id) as tx:
        pool = read_pool(tx, pool_id)
        found = codes_named(tx, pool_id, asked)
        # As whoever shows a voucher does: the voucher first, then its code.
        holders = tx.rows(VoucherRow, _HOLDERS, (tx.merchant_id, _holders_of(found.values())))
        used = {one.id for one in holders if state_at(one, at) == "redeemed"}
        ids = [row.id for row in found.values()]
        done = set(withdraw(tx, pool, ids, used=used, reason=reason, at=at, actor=actor))
        concerned = {row.voucher_id for row in found.values() if row.id in done}
        for voucher in holders:
            if voucher.id in concerned:
                give_another(tx, merchant, voucher)
        after = codes_named(tx, pool_id, asked)
    # However it is written it is one code.
    first = {row.id: code for code, row in reversed(after.items())}
    return [_named(code, after.get(code)) for code in asked if code not in after or first[after[code].id] == code]


def _named(code: str, row: CodeRow | None) -> NamedCode:
    if row is None:
        return NamedCode(code, "unknown", None)
    return NamedCode(code, "withdrawn" if row.withdrawn or row.revoked else "used", row)


def _holders_of(rows: Iterable[CodeRow]) -> list[UUID]:
    return [row.voucher_id for row in rows if row.voucher_id]
