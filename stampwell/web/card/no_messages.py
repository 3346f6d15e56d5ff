"""Ending the messages of a shop by the link in one of them, with one click and without a sign-in (RFC 8058).

A mail program sends the form by itself, with no cookie and no page before it. Opening the link changes nothing, for
programs that look into mails open every link.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stampwell.customers.consenting import withdraw_consent
from stampwell.customers.describing import read_consent
from stampwell.customers.joining import ConsentGiven
from stampwell.customers.messages_link import who_wants_none
from stampwell.events.actors import CUSTOMER
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.web.shop_pages import frame_context, shop_page

SOURCE = "link in a message"


@csrf_exempt  # whoever has the link may; it does one thing
@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def want_no_messages(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    customer_id = who_wants_none(token)
    if customer_id is None:
        raise NotFound
    if request.method == "POST":
        _withdraw(merchant, customer_id)
    context = frame_context(merchant) | {
        "gets_messages": request.method != "POST" and _gets_messages(merchant, customer_id),
    }
    return render(request, "card/no_messages.html", context)


def _withdraw(merchant: Merchant, customer_id: UUID) -> None:
    """Once; who sends it again, or is known no more, is told the same."""
    said = ConsentGiven(wording=_("I want no more messages"), source=SOURCE)
    try:
        withdraw_consent(merchant, customer_id, said, locale=str(get_language()), actor=CUSTOMER)
    except NotFound:
        return


def _gets_messages(merchant: Merchant, customer_id: UUID) -> bool:
    with merchant_transaction(merchant.id) as tx:
        consent = read_consent(tx, customer_id)
    return consent is not None and consent.granted
