"""A voucher for the phone's wallet, as a pass of its own."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stampwell.merchants.models import Merchant
from stampwell.wallet.apple.assembly import MEDIA_TYPE, VOUCHER_FILE_NAME
from stampwell.wallet.apple.delivery import hand_out_voucher
from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.web.card.state import open_voucher
from stampwell.web.shop_pages import shop_context, shop_page

log = logging.getLogger(__name__)


@require_safe
@shop_page
def download_voucher(request: HttpRequest, merchant: Merchant, token: str) -> HttpResponse:
    opened = open_voucher(merchant, token)
    try:
        made = hand_out_voucher(merchant, opened.row.id)
    except CertificateProblem as problem:
        log.warning("No voucher could be made for Apple Wallet: %s", problem)
        context = shop_context(merchant, opened.terms) | {
            "voucher_url": reverse("voucher", args=[merchant.slug, token])
        }
        return render(request, "card/no_wallet.html", context, status=404)
    response = HttpResponse(made, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{VOUCHER_FILE_NAME}"'
    return response
