"""A shop that was closed by whoever runs the server: nothing is written there by people or programs until it is opened.

Everything stays as it is. Customers see their cards, the owner's desk and the API can be read, and passes in phones are
marked as void. The worker goes on: vouchers end on their day, and phones are told.

"Closed" is an answer that holds: after it nothing more is written. Whoever writes asks for it in the transaction of the
write (`while_open`), and who closes waits until those have ended that asked before it was closed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.events.actors import OPERATOR
from stampwell.events.recording import record
from stampwell.merchants.changing import MerchantChanged
from stampwell.merchants.describing import describe_merchant
from stampwell.merchants.models import Merchant
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import Obstacle, Statements, merchant_transaction, unless

PATIENCE = 20  # seconds: longer than a statement of ours and its lock may take
PAUSE = 0.05
_IS_CLOSED = "SELECT 1 FROM merchant WHERE id = %s AND closed IS NOT NULL FOR KEY SHARE"
# FOR KEY SHARE locks no row while the shop is open, for it finds none. But the table is marked by it until the
# transaction ends, as reading alone does not: a backup, which reads for minutes, is not waited for.
_UNDER_WAY = """
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'merchant'::regclass AND mode <> 'AccessShareLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
"""


class ShopClosed(Refusal):
    """Whoever runs the server has closed the shop."""

    code = "shop_closed"
    kind = Kind.CLOSED
    title = _("The shop is closed")
    staff_text = _("This shop was closed on this server. Nothing was lost, and nothing can be changed.")
    customer_text = _("This shop does not give stamps or rewards here at the moment. What you have collected is kept.")
    what_to_do = _("Ask the person who runs this server to open the shop again.")
    what_customer_can_do = _("Ask the shop when its cards can be used again.")


_CLOSED = Obstacle(_IS_CLOSED, ShopClosed)


class StillUnderWay(Exception):
    """The shop is closed, but somebody who began before has not ended, and may still write."""

    def __init__(self) -> None:
        super().__init__(
            "The shop is closed. But a request that had begun before is still under way, and what it does may still "
            "be written. Close the shop once more in a minute: that waits for it."
        )


def why_closed(merchant: Merchant) -> ShopClosed | None:
    return ShopClosed() if merchant.closed else None


def refuse_if_closed(merchant: Merchant) -> None:
    """Refuses: ShopClosed."""
    if merchant.closed:
        raise ShopClosed


@contextmanager
def while_open() -> Iterator[None]:
    """What is written inside is written only while the shop is open. Refuses: ShopClosed."""
    with unless(_CLOSED):
        yield


def close_shop(merchant_id: UUID) -> bool:
    """Whether it was open until now. Nothing is written there any more. Refuses: NotFound. Raises StillUnderWay."""
    with merchant_transaction(merchant_id) as tx:
        merchant = hold_merchant(tx)
        was_open = merchant.closed is None
        if was_open:
            _write(tx, merchant, closed=now())
    _wait_for_others()
    return was_open


def open_again(merchant_id: UUID) -> bool:
    """Whether it was closed until now. Refuses: NotFound, also where it is being deleted."""
    with merchant_transaction(merchant_id) as tx:
        merchant = hold_merchant(tx)
        if merchant.deleting:
            raise NotFound
        if not merchant.closed:
            return False
        _write(tx, merchant, closed=None)
        return True


def hold_merchant(tx: Statements) -> Merchant:
    """Of two who close, open or delete it at once the second waits. Refuses: NotFound, where it was deleted."""
    merchant = Merchant.objects.select_for_update(no_key=True).filter(id=tx.merchant_id).first()
    if merchant is None:
        raise NotFound
    return merchant


def _wait_for_others() -> None:
    """Until all have ended that were under way when it began; who asks from now on finds the shop closed."""
    before, until = _under_way(), time.monotonic() + PATIENCE
    while before := before & _under_way():
        if time.monotonic() >= until:
            raise StillUnderWay
        time.sleep(PAUSE)


def _under_way() -> set[str]:
    """Virtual numbers: no two transactions have the same one while the server runs."""
    with connection.cursor() as cursor:
        cursor.execute(_UNDER_WAY)
        return {number for (number,) in cursor.fetchall()}


def _write(tx: Statements, merchant: Merchant, *, closed: datetime | None) -> None:
    merchant.closed = closed
    Merchant.objects.filter(id=merchant.id).update(closed=closed)
    data = MerchantChanged(describe_merchant(merchant), ["closed_at"])
    record(tx, "merchant.changed", data, at=now(), actor=OPERATOR)
