"""What every call of the web service shares: whose it is, who may ask how often, and the shape of a no."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from stampwell.merchants.access import find_merchant
from stampwell.merchants.models import Merchant
from stampwell.refusal import NotFound, RequestInProgress
from stampwell.requests.limits import TooManyAttempts, count_attempt
from stampwell.transactions import ask_row
from stampwell.transactions.outages import OUTAGES, tell_outage
from stampwell.wallet.apple.handed_out import FIND, HeldPass, is_opened_by
from stampwell.wallet.apple.problems import CertificateProblem
from stampwell.web.unavailable import AGAIN_AFTER, untold
from stampwell.web.visitors import keep_private, visitor_address

JSON = "application/json"
MOST_BODY = 64 * 1024
MINUTE, TEN_MINUTES = timedelta(minutes=1), timedelta(minutes=10)
MOST_WRONG_TOKENS = 300  # of one address in ten minutes; phones behind one provider share theirs
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")
_SCHEME = "applepass"  # HTTP does not care about the case of its letters

log = logging.getLogger(__name__)

type View[**P] = Callable[Concatenate[HttpRequest, Merchant, P], HttpResponse]


class Said(msgspec.Struct, frozen=True):
    message: str


class BadRequest(Exception):
    """The shape of the request is wrong; the text says what to send, and repeats nothing that was sent."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.message, self.status = message, status


class NotAuthorized(Exception):
    """Unknown, another shop's, or the wrong token: never told apart."""


def device_call[**P](*methods: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Gives the view its merchant; every no becomes an answer that a phone understands, and none is kept."""

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @csrf_exempt  # a phone has no session; every call that acts carries the pass's token
        @wraps(view)
        def answer(request: HttpRequest, merchant_slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in methods:
                response = said(HTTPStatus.METHOD_NOT_ALLOWED, f"Allowed here: {', '.join(methods)}.")
                response.headers["Allow"] = ", ".join(methods)
                return keep_private(response)
            return keep_private(_answer(lambda merchant: view(request, merchant, *args, **kwargs), merchant_slug))

        return answer

    return decorate


@csrf_exempt
def say_no_such_call(request: HttpRequest) -> HttpResponse:
    """Short: our page for people would only be thrown away by the phone."""
    return keep_private(said(HTTPStatus.NOT_FOUND, "There is no such call."))


def said(status: HTTPStatus, message: str) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(Said(message)), content_type=JSON, status=status)


def open_pass(request: HttpRequest, merchant: Merchant, pass_type: str, serial: str) -> HeldPass:
    """The pass that the request's token opens. Raises NotAuthorized."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    named = is_name(pass_type) and is_name(serial)
    held = ask_row(HeldPass, FIND, (merchant.id, pass_type, serial)) if named else None
    if is_opened_by(held, token.strip()) and held is not None and scheme.lower() == _SCHEME:
        return held
    # The address is counted, not the pass: a stranger must not be able to shut its holder out.
    count_attempt(f"pass-token:{visitor_address(request)}", most=MOST_WRONG_TOKENS, within=TEN_MINUTES)
    raise NotAuthorized


def is_name(text: str) -> bool:
    return _NAME.match(text) is not None


def read_body(request: HttpRequest) -> bytes:
    """Raises BadRequest."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length[:20]) > MOST_BODY:
        raise BadRequest("The body is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        return request.body
    except UnreadablePostError:
        raise BadRequest("The body did not arrive whole.") from None


def _answer(act: Callable[[Merchant], HttpResponse], merchant_slug: str) -> HttpResponse:
    try:
        if (merchant := find_merchant(merchant_slug)) is None:
            raise NotAuthorized
        return act(merchant)
    except (NotAuthorized, NotFound):
        response = said(HTTPStatus.UNAUTHORIZED, "This token opens no pass here.")
        response.headers["WWW-Authenticate"] = "ApplePass"
        return response
    except BadRequest as bad:
        return said(bad.status, bad.message)
    except SuspiciousOperation:
        return said(HTTPStatus.BAD_REQUEST, "The request cannot be read.")
    except TooManyAttempts as refusal:
        return _later(HTTPStatus.TOO_MANY_REQUESTS, refusal.facts["seconds"])
    except RequestInProgress:
        return _later(HTTPStatus.SERVICE_UNAVAILABLE, 5)
    except OUTAGES as lost:
        tell_outage(lost)
        return untold(_later(HTTPStatus.SERVICE_UNAVAILABLE, AGAIN_AFTER))
    except CertificateProblem as problem:
        log.error("A phone asked for a pass that cannot be signed: %s", problem)
        return _later(HTTPStatus.SERVICE_UNAVAILABLE, 3600)


def _later(status: HTTPStatus, seconds: Any) -> HttpResponse:
    response = said(status, "Try again later.")
    response.headers["Retry-After"] = str(seconds)
    return response
