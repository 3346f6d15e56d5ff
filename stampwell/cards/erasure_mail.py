"""The mail to somebody who does not come any more: when they will be deleted, and what to do to stay."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stampwell.cards.links import card_url
from stampwell.customers.describing import read_customer
from stampwell.customers.messages import write_to_customer
from stampwell.mail.checking import has_mail_server
from stampwell.mail.writing import write_content
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class _Card(msgspec.Struct, frozen=True):
    id: UUID
    issue: int


_NEWEST = """
    SELECT id, issue FROM card WHERE merchant_id = %s AND customer_id = %s AND state = 'active'
    ORDER BY last_stamp DESC NULLS LAST, id DESC LIMIT 1
"""


def write_warning(tx: Statements, merchant: Merchant, customer_id: UUID, *, erased_from: datetime) -> None:
    """Where there is an address and a mail server. The card's own page says the same to everybody."""
    customer = read_customer(tx, customer_id)
    card = tx.row(_Card, _NEWEST, (tx.merchant_id, customer_id))
    if not customer.email or card is None or not has_mail_server():
        return
    url = f"{card_url(merchant.slug, card.id, card.issue)}/my-data"
    with override(customer.locale), timezone.override(ZoneInfo(merchant.time_zone)):
        facts = {"shop": merchant.name, "url": url, "day": erased_from}
        content = write_content("mail/erasure", facts, button=_("Keep my card"))
    write_to_customer(tx, customer, content, kind="erasure", expires=erased_from)
