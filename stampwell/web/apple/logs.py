"""What a phone complains about: written to our log, a little of it, and never shown to anybody else."""

import logging
from http import HTTPStatus

import msgspec
from django.http import HttpRequest, HttpResponse

from stampwell.merchants.models import Merchant
from stampwell.requests.limits import count_attempt
from stampwell.web.apple.answering import MINUTE, BadRequest, device_call, read_body, said
from stampwell.web.json_bodies import UNREADABLE
from stampwell.web.visitors import visitor_address

MOST_LOGS = 60  # of one address in a minute
MOST_LINES, LONGEST_LINE = 20, 500

log = logging.getLogger(__name__)


class _LogBody(msgspec.Struct):
    logs: list[str]


@device_call("POST")
def take_log(request: HttpRequest, merchant: Merchant) -> HttpResponse:
    count_attempt(f"pass-log:{visitor_address(request)}", most=MOST_LOGS, within=MINUTE)
    try:
        lines = msgspec.json.decode(read_body(request), type=_LogBody).logs
    except UNREADABLE:
        raise BadRequest('Send {"logs": ["…"]} as JSON in UTF-8.') from None
    for line in lines[:MOST_LINES]:
        # %r keeps line ends and control signs out of the log: nobody writes a line of their own into it.
        log.warning("Wallet on a phone says about %s: %r", merchant.slug, line[:LONGEST_LINE])
    return said(HTTPStatus.OK, "Noted.")
