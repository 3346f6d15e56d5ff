"""What Google calls when a card was saved to a wallet, or removed from one."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stampwell.merchants.access import find_merchant
from stampwell.wallet.configuration import is_google_connected
from stampwell.wallet.google.account import AccountProblem
from stampwell.wallet.google.callback_signature import CallbackRefused
from stampwell.wallet.google.callbacks import take_callback
from stampwell.wallet.google.http import GoogleProblem

LONGEST_BODY = 16 * 1024

log = logging.getLogger(__name__)


@csrf_exempt  # it is signed by Google, and brings no cookie
@require_POST
def hear(request: HttpRequest, merchant_slug: str) -> HttpResponse:
    """200 for everything that is Google's, also what is known already; 503 makes Google send it again."""
    merchant = find_merchant(merchant_slug)
    if merchant is None or not is_google_connected():
        return HttpResponse(status=404)
    if _length(request) > LONGEST_BODY or len(request.body) > LONGEST_BODY:
        return HttpResponse(status=413)
    try:
        if not take_callback(merchant, request.body):
            log.info("A callback of Google was known already, or is older than what is known")
    except CallbackRefused as refused:
        log.warning("A callback that says it is Google's was refused: %s", refused.why)
        return HttpResponse(status=403)
    except (AccountProblem, GoogleProblem) as problem:
        log.warning("A callback of Google cannot be checked now: %s", problem)
        return HttpResponse(status=503)
    return HttpResponse(status=200)


def _length(request: HttpRequest) -> int:
    """What the request says of itself, so that a long body is not even read."""
    given = request.headers.get("Content-Length") or "0"
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else LONGEST_BODY + 1
