"""Few codes are left in a list, or none: told once each time it comes to that, as an event and by mail to the owners.

The step of the schedule looks; so whoever hands a code out counts nothing. It asks of each list for no more codes than
are few, and what it found last stands in the list, so that one finding is told once. It is over when new codes have
come: one that comes back from a voucher and is handed out again is no news.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.events.actors import CLOCK
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.merchants.owner_mail import write_to_owners
from stampwell.redeem_codes.free_codes import FREE_CODES, IS_HANDED_OUT, IS_IN_TILL
from stampwell.transactions import Statements, merchant_transaction, merchants_where

WORTH_SENDING = timedelta(days=3)
# Of the free ones no more are counted than tell whether they are few. Nobody can fill an archived list.
_LOOK = f"""
    SELECT p.id, p.name, p.low_at, p.low_since, p.none_since, (
        SELECT count(*) FROM (
            SELECT 1 FROM {FREE_CODES}
            WHERE b.merchant_id = p.merchant_id AND b.pool_id = p.id AND {IS_HANDED_OUT} LIMIT p.low_at + 1
        ) counted
    ) AS free, (
        SELECT max(coalesce(b.in_till, b.written)) FROM code_batch b
        WHERE b.merchant_id = p.merchant_id AND b.pool_id = p.id AND b.codes > 0 AND {IS_IN_TILL}
    ) AS filled
    FROM code_pool p WHERE p.merchant_id = %s AND p.archived IS NULL AND EXISTS (
        SELECT 1 FROM code_batch b
        WHERE b.merchant_id = p.merchant_id AND b.pool_id = p.id AND b.codes > 0 AND {IS_IN_TILL}
    ) ORDER BY p.id
"""
_BEGINS_LOW = "UPDATE code_pool SET low_since = %s WHERE merchant_id = %s AND id = %s AND low_since IS NULL RETURNING 1"
_BEGINS_NONE = (
    "UPDATE code_pool SET none_since = %s WHERE merchant_id = %s AND id = %s AND none_since IS NULL RETURNING 1"
)
_ENDS_LOW = "UPDATE code_pool SET low_since = NULL WHERE merchant_id = %s AND id = %s"
# What another one has told meanwhile stays told.
_ENDS_NONE = "UPDATE code_pool SET none_since = NULL WHERE merchant_id = %s AND id = %s AND none_since = %s"


class LowPoolFacts(msgspec.Struct, frozen=True):
    id: str
    name: str
    free: int
    low_at: int


class LowPoolEvent(msgspec.Struct, frozen=True):
    code_pool: LowPoolFacts


class _Watched(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    low_at: int
    low_since: datetime | None
    none_since: datetime | None
    free: int
    filled: datetime | None

    def was_filled_since(self, moment: datetime | None) -> bool:
        return moment is not None and self.filled is not None and self.filled > moment


def merchants_with_pools() -> list[UUID]:
    return merchants_where("SELECT DISTINCT merchant_id FROM code_pool WHERE archived IS NULL", ())


def tell_of_low_pools(merchant_id: UUID) -> None:
    """Of two at the same moment one tells."""
    with merchant_transaction(merchant_id) as tx:
        for pool in tx.rows(_Watched, _LOOK, (merchant_id,)):
            _look_at(tx, pool, at=now())


def _look_at(tx: Statements, pool: _Watched, *, at: datetime) -> None:
    if pool.free > pool.low_at and pool.was_filled_since(pool.low_since):
        tx.write(_ENDS_LOW, (tx.merchant_id, pool.id))
    # Also where none is left of the new ones, because those who waited have taken them before anybody looked.
    if is_filled := pool.was_filled_since(pool.none_since):
        tx.write(_ENDS_NONE, (tx.merchant_id, pool.id, pool.none_since))
    if pool.free <= pool.low_at and not pool.low_since and tx.exists(_BEGINS_LOW, (at, tx.merchant_id, pool.id)):
        _tell(tx, pool, "codes.running_low", at=at)
    is_told = pool.none_since is not None and not is_filled
    if not pool.free and not is_told and tx.exists(_BEGINS_NONE, (at, tx.merchant_id, pool.id)):
        _tell(tx, pool, "codes.exhausted", at=at)


def _tell(
    tx: Statements, pool: _Watched, type: Literal["codes.running_low", "codes.exhausted"], *, at: datetime
) -> None:
    told = LowPoolFacts(id=public_id("cdp", pool.id), name=pool.name, free=pool.free, low_at=pool.low_at)
    record(tx, type, LowPoolEvent(told), at=at, actor=CLOCK)
    if type == "codes.running_low" and not pool.free:
        return  # the mail that none is left says more
    merchant = Merchant.objects.get(id=tx.merchant_id)
    facts = {
        "shop": merchant.name,
        "name": pool.name,
        "free": pool.free,
        "url": settings.BASE_URL + reverse("code_pool", args=[public_id("cdp", pool.id)]),
    }
    write_to_owners(
        tx, merchant, "mail/low_codes", facts, lambda: _("Redeem codes"), expires=at + WORTH_SENDING, about=pool.id
    )
