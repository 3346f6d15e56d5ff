"""A phone registers for a pass, asks which of its passes changed, and takes its registration back."""

import re
from http import HTTPStatus

import msgspec
from django.http import HttpRequest, HttpResponse

from stampwell.merchants.models import Merchant
from stampwell.requests.limits import count_attempt
from stampwell.wallet.apple.handed_out import HeldPass
from stampwell.wallet.apple.registrations import changed_passes, register_device, unregister_device
from stampwell.web.apple.answering import JSON, MINUTE, BadRequest, device_call, is_name, open_pass, read_body, said
from stampwell.web.json_bodies import UNREADABLE
from stampwell.web.visitors import visitor_address

MOST_REGISTRATIONS = 3_000  # of one pass in a minute; a phone in its right mind sends one
MOST_LISTS = 600
MOST_TAG = 2**63 - 1
_PUSH_TOKEN = re.compile(r"[0-9a-fA-F]{16,200}\Z")


class _RegistrationBody(msgspec.Struct):
    push_token: str = msgspec.field(name="pushToken")


class _Changed(msgspec.Struct, rename="camel"):
    serial_numbers: list[str]
    last_updated: str  # as a number, an iPhone would stop asking in silence


@device_call("POST", "DELETE")
def take_registration(
    request: HttpRequest, merchant: Merchant, library_id: str, pass_type: str, serial: str
) -> HttpResponse:
    held = open_pass(request, merchant, pass_type, serial)
    count_attempt(f"registration:{held.id}", most=MOST_REGISTRATIONS, within=MINUTE)
    if not is_name(library_id):
        raise BadRequest("The device library identifier has letters, digits, dots, dashes and underscores only.")
    if request.method == "DELETE":
        unregister_device(merchant.id, held, library_id)
        return said(HTTPStatus.OK, "Unregistered.")
    return _register(request, merchant, held, library_id)


def _register(request: HttpRequest, merchant: Merchant, held: HeldPass, library_id: str) -> HttpResponse:
    if register_device(merchant.id, held, library_id, _read_push_token(request)):
        return said(HTTPStatus.CREATED, "Registered.")
    return said(HTTPStatus.OK, "Registered already; the push token is kept.")


def _read_push_token(request: HttpRequest) -> str:
    try:
        token = msgspec.json.decode(read_body(request), type=_RegistrationBody).push_token
    except UNREADABLE:
        raise BadRequest('Send {"pushToken": "…"} as JSON in UTF-8.') from None
    if not _PUSH_TOKEN.match(token) or len(token) % 2:
        raise BadRequest("The push token is written in hexadecimal digits, two for each byte.")
    return token.lower()


@device_call("GET", "HEAD")
def list_changed(request: HttpRequest, merchant: Merchant, library_id: str, pass_type: str) -> HttpResponse:
    """The device's name is its secret: who knows none that is registered learns nothing."""
    if not (is_name(library_id) and is_name(pass_type)):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    changed = changed_passes(merchant.id, library_id, pass_type, since=_read_tag(request))
    if changed is None:
        # The address is counted, not the name: a stranger can make up any number of those, and each would be a row.
        count_attempt(f"pass-unlisted:{visitor_address(request)}", most=MOST_LISTS, within=MINUTE)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    count_attempt(f"pass-list:{merchant.id.hex}:{library_id[:60]}", most=MOST_LISTS, within=MINUTE)
    return HttpResponse(msgspec.json.encode(_Changed(changed.serials, str(changed.last_tag))), content_type=JSON)


def _read_tag(request: HttpRequest) -> int:
    """What we never sent means: from the beginning."""
    given = request.GET.get("passesUpdatedSince", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 20):
        return 0
    return min(int(given), MOST_TAG)
