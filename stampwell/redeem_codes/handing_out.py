"""Which code of a pool a voucher gets: one that no other voucher has, had or will have.

Of several who take at the same moment none waits for another: each passes over what somebody else holds. Who calls has
locked the voucher, so it gets one code only; the keys of the table say both once more.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.redeem_codes.formats import held_text, why_code_does_not_fit
from stampwell.redeem_codes.free_codes import EVERYWHERE, free_of_place
from stampwell.transactions import Statements, ask_rows

# It goes on to the next batch only where one has none left, and locks no code that it does not take.
_FIRST = "ORDER BY c.id LIMIT 1 FOR UPDATE SKIP LOCKED"
_OWN, _OF_ALL = (
    f"SELECT free.id FROM {free_of_place('c.id', place=place, behind=_FIRST)} LIMIT 1"
    for place in ("%(place)s", "%(everywhere)s")
)
# Those of the location first, as long as there are any; then those that every location's till knows.
_TAKE = f"""
    UPDATE pool_code SET voucher_id = %(voucher)s, given = %(at)s
    WHERE merchant_id = %(merchant)s AND id = coalesce(
        ({_OWN}), ({_OF_ALL})
    ) RETURNING id, pool_id, location_id, code
"""
_HELD = """
    SELECT c.id, c.pool_id, c.location_id, c.code,
        b.revoked IS NOT NULL OR c.withdrawn IS NOT NULL OR c.confirmed IS NOT NULL AS is_used_up,
        p.format, p.barcode_template
    FROM pool_code c JOIN code_batch b ON (b.merchant_id, b.id) = (c.merchant_id, c.batch_id)
        JOIN code_pool p ON (p.merchant_id, p.id) = (c.merchant_id, c.pool_id)
    WHERE c.merchant_id = %s AND c.voucher_id = %s AND c.revoked IS NULL
"""
_TAKE_AWAY = "UPDATE pool_code SET revoked = %s WHERE merchant_id = %s AND id = %s AND revoked IS NULL"
_LEAVE = "UPDATE pool_code SET revoked = NULL WHERE merchant_id = %s AND id = %s"
# One that was withdrawn alone was counted then.
_RETURN = """
    WITH back AS (
        UPDATE pool_code c SET voucher_id = NULL, given = NULL, returned = c.returned + 1,
            revoked = coalesce(b.revoked, c.withdrawn)
        FROM code_batch b
        WHERE c.merchant_id = %(merchant)s AND c.voucher_id = %(voucher)s AND c.revoked IS NULL
            AND (b.merchant_id, b.id) = (c.merchant_id, c.batch_id)
        RETURNING c.batch_id, c.revoked IS NOT NULL AND c.withdrawn IS NULL AS is_new
    ) UPDATE code_batch b SET withdrawn = b.withdrawn + 1 FROM back
    WHERE b.merchant_id = %(merchant)s AND b.id = back.batch_id AND back.is_new
"""
_CODES_OF = """
    SELECT voucher_id, code FROM pool_code WHERE merchant_id = %s AND voucher_id = ANY(%s) AND revoked IS NULL
"""


class GivenCode(msgspec.Struct, frozen=True):
    """`location_id` is the only location whose till knows it."""

    id: UUID
    pool_id: UUID
    location_id: UUID | None
    code: str


class HeldCode(GivenCode, frozen=True):
    """`is_used_up` says that it or its batch was withdrawn, or that a till's report has told of its use. `format` and
    `barcode_template` are how its list shows it.
    """

    is_used_up: bool
    format: str
    barcode_template: str

    @property
    def is_over(self) -> bool:
        """No good any more: also where its list is shown in a way that cannot hold it, since its voucher was over."""
        held = held_text(self.format, self.barcode_template, self.code)
        return self.is_used_up or why_code_does_not_fit(held, self.format) is not None


class CodeOfVoucher(msgspec.Struct, frozen=True):
    voucher_id: UUID
    code: str


def held_code(tx: Statements, voucher_id: UUID) -> HeldCode | None:
    """The code of a voucher that the caller has locked."""
    return tx.row(HeldCode, _HELD, (tx.merchant_id, voucher_id))


def take_code(
    tx: Statements, pool_id: UUID, *, voucher_id: UUID, location_id: UUID | None, at: datetime
) -> GivenCode | None:
    """A code for a voucher that the caller has locked and that has none; None where there is none left."""
    facts = {
        "merchant": tx.merchant_id,
        "pool": pool_id,
        "voucher": voucher_id,
        "place": location_id or EVERYWHERE,
        "everywhere": EVERYWHERE,
        "at": at,
    }
    return tx.row(GivenCode, _TAKE, facts)


def take_away(tx: Statements, code: GivenCode, *, at: datetime) -> None:
    """Nobody gets it any more; it stays known whose it was."""
    tx.write(_TAKE_AWAY, (at, tx.merchant_id, code.id))


def leave_it(tx: Statements, code: GivenCode) -> None:
    """It was taken away in this transaction, and there is no other one."""
    tx.write(_LEAVE, (tx.merchant_id, code.id))


def codes_of_vouchers(merchant_id: UUID, vouchers: Collection[UUID]) -> dict[UUID, str]:
    """Those that have one."""
    if not vouchers:
        return {}
    return {one.voucher_id: one.code for one in ask_rows(CodeOfVoucher, _CODES_OF, (merchant_id, list(vouchers)))}


def return_code(tx: Statements, voucher_id: UUID) -> None:
    """Somebody else gets the code of this voucher, which the caller has locked, and which nobody has seen. One whose
    batch was withdrawn meanwhile is withdrawn as well, and so is one that was withdrawn alone.
    """
    tx.write(_RETURN, {"merchant": tx.merchant_id, "voucher": voucher_id})
