"""What the shop knows of a customer, on their own phone: to see, correct, take along, withdraw and delete.

Whoever has the card's link may do so, as they may use its rewards.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stampwell.cards.correcting import change_customer
from stampwell.cards.erasing import erase_customer
from stampwell.cards.exporting import export_customer
from stampwell.cards.inactivity import erasure_notice
from stampwell.clock import now
from stampwell.customers.consenting import consent_wording, give_consent, withdraw_consent
from stampwell.customers.describing import ConsentNow, KnownCustomer, read_consent, read_customer
from stampwell.customers.joining import ConsentGiven
from stampwell.customers.merged_people import all_that_they_were
from stampwell.customers.message_words import ShownMessage, show_messages
from stampwell.customers.messages import latest_messages
from stampwell.customers.retention import keep_customer
from stampwell.events.actors import CUSTOMER
from stampwell.merchants.models import Merchant
from stampwell.requests.limits import count_attempt
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.rows import state_at
from stampwell.web.card.my_data_form import MyDataForm
from stampwell.web.card.privacy import asks_where
from stampwell.web.card.state import OpenCard, open_card
from stampwell.web.shop_pages import shop_context, shop_page

MOST_CHANGES, WITHIN = 20, timedelta(minutes=10)
MOST_SHOWN = 20  # messages, the latest; the file has them all
SOURCE = "my data"
_ACTIVE = "SELECT count(*)::int FROM card WHERE merchant_id = %s AND customer_id = %s AND state = 'active'"


class Known(msgspec.Struct, frozen=True):
    """`erased_from` is when they may be deleted, where they were told so."""

    customer: KnownCustomer
    consent: ConsentNow | None
    cards: int
    erased_from: datetime | None
    messages: list[ShownMessage]


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def show_data(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    opened = open_card(merchant, token, lines=1)
    known = _read(merchant, opened.row.customer_id)
    form = MyDataForm(request.POST if request.method == "POST" else None, shop=merchant, customer=known.customer)
    if form.is_bound and form.is_valid():
        _count(merchant, opened)
        change_customer(merchant, known.customer.id, form.change, actor=CUSTOMER)
        messages.success(request, _("Saved."))
        return redirect("my-data", merchant.slug, token)
    context = _context(merchant, token, opened, known) | {"form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "card/my_data.html", context, status=status)


@require_safe
@shop_page
def download_data(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    opened = open_card(merchant, token, lines=1)
    exported = export_customer(merchant, opened.row.customer_id)
    text = msgspec.json.format(msgspec.json.encode(exported), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


@require_POST
@shop_page
def want_no_messages(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    opened = open_card(merchant, token, lines=1)
    _count(merchant, opened)
    said = ConsentGiven(wording=_("I want no more messages"), source=SOURCE)
    withdraw_consent(merchant, opened.row.customer_id, said, locale=str(get_language()), actor=CUSTOMER)
    messages.success(request, _("You get no more messages."))
    return redirect("my-data", merchant.slug, token)


@require_POST
@shop_page
def want_messages(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """Whoever read other words, in another language or from before the shop was renamed, reads those of now first."""
    opened = open_card(merchant, token, lines=1)
    _count(merchant, opened)
    said = ConsentGiven(wording=consent_wording(merchant.name), source=SOURCE)
    if request.POST.get("wording") == said.wording:
        given = give_consent(merchant, opened.row.customer_id, said, locale=str(get_language()), actor=CUSTOMER)
        if given:
            messages.success(request, _("Saved."))
    return redirect("my-data", merchant.slug, token)


@require_POST
@shop_page
def keep_card(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """Of who was told that they will be deleted; who was not is told the same, for they stay as well."""
    opened = open_card(merchant, token, lines=1)
    _count(merchant, opened)
    keep_customer(merchant, opened.row.customer_id)
    messages.success(request, _("Your card stays."))
    return redirect("my-data", merchant.slug, token)


@require_http_methods(["GET", "HEAD", "POST"])
@shop_page
def delete_data(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    """What is lost, and a button. Afterwards the card's own page says that it was deleted."""
    opened = open_card(merchant, token, lines=1)
    if request.method == "POST":
        erase_customer(merchant, opened.row.customer_id, actor=CUSTOMER)
        return redirect("card", merchant.slug, token)
    known = _read(merchant, opened.row.customer_id)
    context = _context(merchant, token, opened, known) | {
        "cards": known.cards,
        "rewards": sum(state_at(voucher, opened.at) == "ready" for voucher in opened.vouchers),
    }
    return render(request, "card/delete_my_data.html", context)


def _count(merchant: Merchant, opened: OpenCard) -> None:
    """Refuses: TooManyAttempts."""
    count_attempt(f"my-data:{merchant.id}:{opened.row.id}", most=MOST_CHANGES, within=WITHIN)


def _read(merchant: Merchant, customer_id: UUID) -> Known:
    """Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        return Known(
            read_customer(tx, customer_id),
            read_consent(tx, customer_id),
            _count_cards(tx, customer_id),
            erasure_notice(tx, customer_id, at=now()),
            show_messages(latest_messages(tx, all_that_they_were(tx, [customer_id]), most=MOST_SHOWN).rows),
        )


def _count_cards(tx: Statements, customer_id: UUID) -> int:
    return tx.value(int, _ACTIVE, (tx.merchant_id, customer_id)) or 0


def _context(merchant: Merchant, token: str, opened: OpenCard, known: Known) -> dict[str, Any]:
    link = [merchant.slug, token]
    return shop_context(merchant, opened.terms) | {
        "asks_where": asks_where(merchant),
        "consent": known.consent,
        "erased_from": known.erased_from,
        "written": known.messages,
        "keeping_url": reverse("my-data-keeping", args=link),
        "known_email": known.customer.email,
        "tells_of_messages": merchant.writes_to_customers or (known.consent is not None and known.consent.granted),
        "consent_wording": consent_wording(merchant.name) if merchant.writes_to_customers else "",
        "card_url": reverse("card", args=link),
        "data_url": reverse("my-data", args=link),
        "file_url": reverse("my-data-file", args=link),
        "messages_url": reverse("my-data-messages", args=link),
        "agreement_url": reverse("my-data-agreement", args=link),
        "deletion_url": reverse("my-data-deletion", args=link),
    }
