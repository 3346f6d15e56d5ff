"""A shop that was closed by whoever runs the server: nothing is written there by people or programs until it is opened.

Everything stays as it is. Customers see their cards, the owner's desk and the API can be read, and passes in phones are
marked as void. What was begun before the shop was closed is finished. The worker goes on: vouchers end on their day,
and phones are told.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.events.actors import OPERATOR
from stampwell.events.recording import record
from stampwell.merchants.changing import MerchantChanged
from stampwell.merchants.describing import describe_merchant
from stampwell.merchants.models import Merchant
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import Statements, merchant_transaction


class ShopClosed(Refusal):
    """Whoever runs the server has closed the shop."""

    code = "shop_closed"
    kind = Kind.CLOSED
    title = _("The shop is closed")
    staff_text = _("This shop was closed on this server. Nothing was lost, and nothing can be changed.")
    customer_text = _("This shop does not give stamps or rewards here at the moment. What you have collected is kept.")
    what_to_do = _("Ask the person who runs this server to open the shop again.")
    what_customer_can_do = _("Ask the shop when its cards can be used again.")


def why_closed(merchant: Merchant) -> ShopClosed | None:
    return ShopClosed() if merchant.closed else None


def refuse_if_closed(merchant: Merchant) -> None:
    """Refuses: ShopClosed."""
    if merchant.closed:
        raise ShopClosed


def close_shop(merchant_id: UUID) -> bool:
    """Whether it was open until now. Refuses: NotFound."""
    with merchant_transaction(merchant_id) as tx:
        merchant = hold_merchant(tx)
        if merchant.closed:
            return False
        _write(tx, merchant, closed=now())
        return True


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


def _write(tx: Statements, merchant: Merchant, *, closed: datetime | None) -> None:
    merchant.closed = closed
    Merchant.objects.filter(id=merchant.id).update(closed=closed)
    data = MerchantChanged(describe_merchant(merchant), ["closed_at"])
    record(tx, "merchant.changed", data, at=now(), actor=OPERATOR)
