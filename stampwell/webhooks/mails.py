"""The mail to the owners of a shop that nothing is sent to an address any more."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.merchants.owner_mail import write_to_owners
from stampwell.transactions import Statements
from stampwell.webhooks.rows import EndpointRow

WORTH_SENDING = timedelta(days=7)


def tell_owners(tx: Statements, merchant: Merchant, endpoint: EndpointRow) -> None:
    """It names the machine alone: the rest of the address may be a secret."""
    facts = {
        "shop": merchant.name,
        "host": urlsplit(endpoint.url).hostname,
        "url": settings.BASE_URL + reverse("settings"),
    }
    write_to_owners(
        tx,
        merchant,
        "mail/webhook_off",
        facts,
        lambda: _("Settings"),
        expires=now() + WORTH_SENDING,
        about=endpoint.id,
    )
