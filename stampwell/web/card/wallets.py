"""The card for a phone's wallet: Apple's file, Google's link."""

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from stampwell.merchants.models import Merchant
from stampwell.wallet.apple.assembly import FILE_NAME, MEDIA_TYPE
from stampwell.wallet.apple.delivery import hand_out_card
from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.wallet.google.account import AccountProblem
from stampwell.wallet.google.save_button import save_link
from stampwell.wallet.offered import offered_wallets as every_wallet
from stampwell.wallet.offered import offers_voucher_passes
from stampwell.web.card.state import OpenCard, open_card
from stampwell.web.shop_pages import shop_context, shop_page

SAVE_TO = "save-to"  # the cookie that brings a tap on the join page's wallet button over to the new card
COLLECTED = "collected"  # the cookie that says once that a receipt was added to the card

logger = logging.getLogger(__name__)


def offered_wallets(phone: str) -> list[str]:
    """Which wallets to offer, in order: those that the phone has and that this installation can fill."""
    fits = {"iphone": ["apple"], "android": ["google"]}.get(phone, ["apple", "google"])
    return [wallet for wallet in every_wallet() if wallet in fits]


def offered_voucher_wallets(phone: str) -> list[str]:
    """Apple's alone: at Google a voucher stands beside its card by itself."""
    return ["apple"] if phone != "android" and offers_voucher_passes() else []


@require_safe
@shop_page
def download_pass(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    opened = open_card(merchant, token, lines=1)
    try:
        made = hand_out_card(merchant, opened.row.id)
    except CertificateProblem as problem:
        return _explain(request, merchant, token, opened, "apple", problem)
    response = HttpResponse(made, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


@require_GET  # a HEAD would put a card at Google that nobody wants to save
@shop_page
def save_to_google(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    opened = open_card(merchant, token, lines=1)
    try:
        link = save_link(merchant, opened.row.id)
    except AccountProblem as problem:
        return _explain(request, merchant, token, opened, "google", problem)
    response = HttpResponseRedirect(link)
    response.status_code = 303
    return response


def _explain(
    request: HttpRequest, merchant: Merchant, token: str, opened: OpenCard, wallet: str, problem: Exception
) -> HttpResponse:
    """The customer is told that the web card is as good; the reason goes to whoever runs this."""
    logger.warning("No card could be made for the %s wallet: %s", wallet, problem)
    context = shop_context(merchant, opened.terms) | {
        "wallet": wallet,
        "card_url": reverse("card", args=[merchant.slug, token]),
    }
    return render(request, "card/no_wallet.html", context, status=404)
