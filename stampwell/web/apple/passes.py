"""A phone fetches its pass, if it has changed."""

from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date, parse_http_date_safe

from stampwell.clock import now
from stampwell.merchants.models import Merchant
from stampwell.requests.limits import count_attempt
from stampwell.wallet.apple.assembly import MEDIA_TYPE
from stampwell.wallet.apple.delivery import current_pass, note_fetched, sign
from stampwell.web.apple.answering import MINUTE, device_call, open_pass

MOST_FETCHES = 600  # of one pass in a minute


@device_call("GET", "HEAD")
def fetch_pass(request: HttpRequest, merchant: Merchant, pass_type: str, serial: str) -> HttpResponse:
    held = open_pass(request, merchant, pass_type, serial)
    count_attempt(f"pass-fetch:{held.id}", most=MOST_FETCHES, within=MINUTE)
    current = current_pass(merchant, held)
    if _has_it(request, current.changed):
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = HttpResponse(sign(current), content_type=MEDIA_TYPE)
    response.headers["Last-Modified"] = http_date(current.changed.timestamp())
    if request.method == "GET":
        note_fetched(merchant.id, current)
    return response


def _has_it(request: HttpRequest, changed: datetime) -> bool:
    """Whether the phone has this version. A date from the future, other than the one we gave, says nothing."""
    seconds = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if seconds is None:
        return False
    given = datetime.fromtimestamp(seconds, UTC)
    return given == changed or changed <= given <= now()
