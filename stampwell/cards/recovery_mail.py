"""The job behind "I lost my card": looks whether an address is known, and writes the mail with the link.

It holds the customer before the link, in the order in which erasing does, so a mail is not kept for somebody who was
erased a moment ago. A second worker that looks at the same link finds it written.
"""

from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.cards.recovering_by_mail import LASTS
from stampwell.clock import now
from stampwell.customers.changing import lock_customer
from stampwell.customers.describing import KnownCustomer
from stampwell.customers.messages import write_to_customer
from stampwell.jobs.run import Run
from stampwell.mail.models import Rank
from stampwell.mail.writing import write_content
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.tokens import new_secret, secret_hash
from stampwell.transactions import Statements


class _Asked(msgspec.Struct, frozen=True):
    id: UUID
    email: str


_NEXT = """
    SELECT id, email FROM recovery_link WHERE merchant_id = %s AND secret_hash IS NULL AND expires > %s
    ORDER BY id LIMIT 1
"""
# The one who came last: in the language that they speak now.
_WHO = """
    SELECT p.id FROM customer p WHERE p.merchant_id = %s AND p.email = %s AND p.erased IS NULL AND EXISTS (
        SELECT FROM card c WHERE c.merchant_id = p.merchant_id AND c.customer_id = p.id AND c.state = 'active'
    ) ORDER BY p.id DESC LIMIT 1
"""
_MAILED = """
    UPDATE recovery_link SET secret_hash = %s, expires = %s
    WHERE merchant_id = %s AND id = %s AND secret_hash IS NULL RETURNING 1
"""


def write_recovery_mails(run: Run) -> None:
    """All that are asked for at the shop by now."""
    while _write_next(run):
        pass


def _write_next(run: Run) -> bool:
    """Whether there may be more."""
    with run.step() as tx:
        asked = tx.row(_Asked, _NEXT, (tx.merchant_id, now()))
        if asked is None:
            return False
        merchant = Merchant.objects.get(id=tx.merchant_id)
        customer_id = tx.value(UUID, _WHO, (tx.merchant_id, asked.email))
        if customer_id is None or merchant.closed:
            tx.write("DELETE FROM recovery_link WHERE merchant_id = %s AND id = %s", (tx.merchant_id, asked.id))
        elif customer := _hold(tx, customer_id, asked.email):
            _write(tx, merchant, asked, customer)
        return True


def _hold(tx: Statements, customer_id: UUID, email: str) -> KnownCustomer | None:
    """None for somebody who was erased meanwhile, or has another address."""
    try:
        customer = lock_customer(tx, customer_id)
    except NotFound:
        return None
    return customer if customer.email == email else None


def _write(tx: Statements, merchant: Merchant, asked: _Asked, customer: KnownCustomer) -> None:
    secret, expires = new_secret(), now() + LASTS
    if not tx.exists(_MAILED, (secret_hash(secret), expires, tx.merchant_id, asked.id)):
        return
    url = f"{settings.BASE_URL}/l/{merchant.slug}/{secret}"
    with override(customer.locale), timezone.override(ZoneInfo(merchant.time_zone)):
        facts = {"shop": merchant.name, "url": url, "expires": expires}
        content = write_content("mail/lost_card", facts, button=_("Get my card back"))
    write_to_customer(tx, customer, content, kind="lost_card", expires=expires, rank=Rank.AWAITED)
