"""Making, changing and putting away lists of codes."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.merchants.changing import lock_merchant
from stampwell.merchants.models import Merchant
from stampwell.redeem_codes.formats import PLACEHOLDER, held_text, why_code_does_not_fit
from stampwell.redeem_codes.refusals import PoolArchived, TooManyPools
from stampwell.redeem_codes.rows import HandOutAt, PoolRow, lock_pool, next_pools, read_pool
from stampwell.transactions import Statements, ask_rows, merchant_transaction

MOST_POOLS = 200
MOST_LOW = 1_000_000
LONGEST_NAME = 60
FIRST = UUID(int=0)
_CHANGE = """
    UPDATE code_pool SET name = %(name)s, handed_out = %(handed_out)s, low_at = %(low_at)s,
        fallback_code = %(fallback_code)s, low_since = CASE WHEN low_at = %(low_at)s THEN low_since END
    WHERE merchant_id = %(merchant)s AND id = %(id)s
"""
_ARCHIVE = """
    UPDATE code_pool SET archived = %s WHERE merchant_id = %s AND id = %s AND archived IS NULL RETURNING 1
"""
_COUNT = "SELECT count(*) FROM code_pool WHERE merchant_id = %s"
_WITH_FALLBACK = "SELECT id, format FROM code_pool WHERE merchant_id = %s AND id = %s AND fallback_code <> ''"
_FORMATS = "SELECT id, format FROM code_pool WHERE merchant_id = %s AND id = ANY(%s)"


class _Shown(msgspec.Struct, frozen=True):
    id: UUID
    format: str


class PoolChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What can be changed later, too."""

    name: str
    handed_out: HandOutAt = "reveal"
    low_at: int = 50
    fallback_code: str = ""


def make_pool(
    merchant: Merchant, choices: PoolChoices, *, code_format: str, barcode_template: str = PLACEHOLDER, actor: Actor
) -> PoolRow:
    """An empty list. How its codes are shown is changed by `changing_format`, for all of them are looked at for that.

    Refuses: CodeDoesNotFit, of the fallback code; TooManyPools.
    """
    pool = PoolRow(
        id=new_id(),
        name=choices.name,
        format=code_format,
        barcode_template=barcode_template,
        handed_out=choices.handed_out,
        low_at=choices.low_at,
        fallback_code=choices.fallback_code,
        created=now(),
        archived=None,
    )
    refuse_unfit_fallback(pool, choices.fallback_code)
    with merchant_transaction(merchant.id) as tx:
        lock_merchant(tx)  # of two at once the second counts the first
        if (tx.value(int, _COUNT, (tx.merchant_id,)) or 0) >= MOST_POOLS:
            raise TooManyPools(most=MOST_POOLS)
        tx.insert("code_pool", pool)
        changed(tx, "code_pool.made", by=actor, name=pool.name, subject_id=pool.id)
        return pool


def change_pool(merchant: Merchant, pool_id: UUID, choices: PoolChoices, *, actor: Actor) -> PoolRow:
    """Where other codes are few from now on, that they are is told anew.

    Refuses: NotFound, CodeDoesNotFit, of the fallback code.
    """
    with merchant_transaction(merchant.id) as tx:
        pool = lock_pool(tx, pool_id)
        refuse_unfit_fallback(pool, choices.fallback_code)
        facts = msgspec.structs.asdict(choices)
        tx.write(_CHANGE, facts | {"merchant": tx.merchant_id, "id": pool_id})
        new = msgspec.structs.replace(pool, **facts)
        changed(
            tx,
            "code_pool.changed",
            by=actor,
            name=new.name,
            subject_id=pool_id,
            before=_told(pool),
            after=_told(new),
        )
        return new


def archive_pool(merchant: Merchant, pool_id: UUID, *, actor: Actor) -> None:
    """Vouchers still get its codes; no new reward does. A second time it changes nothing. Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        pool = lock_pool(tx, pool_id)
        if tx.exists(_ARCHIVE, (now(), tx.merchant_id, pool_id)):
            changed(tx, "code_pool.archived", by=actor, name=pool.name, subject_id=pool_id)


def find_pool(merchant_id: UUID, pool_id: UUID) -> PoolRow:
    """Refuses: NotFound."""
    with merchant_transaction(merchant_id) as tx:
        return read_pool(tx, pool_id)


def find_open_pool(merchant_id: UUID, pool_id: UUID) -> PoolRow:
    """One that a new reward may name. Refuses: NotFound, PoolArchived."""
    pool = find_pool(merchant_id, pool_id)
    refuse_if_archived(pool)
    return pool


def all_pools(tx: Statements) -> list[PoolRow]:
    return next_pools(tx, FIRST, most=MOST_POOLS)


def formats_of(merchant_id: UUID, pools: Collection[UUID]) -> dict[UUID | None, str]:
    """How each of these lists shows its codes now."""
    if not pools:
        return {}
    return {one.id: one.format for one in ask_rows(_Shown, _FORMATS, (merchant_id, list(pools)))}


def has_fallback(merchant_id: UUID, pool_id: UUID) -> bool:
    """Whether something is shown where none of its codes is left."""
    return bool(ask_rows(_Shown, _WITH_FALLBACK, (merchant_id, pool_id)))


def refuse_if_archived(pool: PoolRow) -> None:
    """Refuses: PoolArchived."""
    if pool.archived:
        raise PoolArchived


def shown_in(pool: PoolRow, code: str) -> str:
    """What the barcode contains; the code as it is where it is shown as text."""
    return held_text(pool.format, pool.barcode_template, code)


def refuse_unfit_fallback(pool: PoolRow, code: str) -> None:
    """Refuses: CodeDoesNotFit."""
    if code and (refusal := why_code_does_not_fit(shown_in(pool, code), pool.format)):
        raise refusal


def _told(pool: PoolRow) -> dict[str, Any]:
    """Without the fallback code: an owner reads this for years."""
    return {
        "name": pool.name,
        "handed_out": pool.handed_out,
        "low_at": pool.low_at,
        "has_fallback": bool(pool.fallback_code),
    }
