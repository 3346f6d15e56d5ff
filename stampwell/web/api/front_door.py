"""Everything under /api/ comes in here and is answered here.

The pages' middleware (sessions, CSRF, languages, accounts) has nothing to do for a program with a key, and costs
more time than a redemption, so it is not asked. What no route answers becomes problem details too.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.urls import get_resolver

from stampwell.refusal import NotFound, Refusal
from stampwell.sheets.limits import too_large as too_large_file
from stampwell.transactions.outages import OUTAGES, tell_outage
from stampwell.web.api.answering import problem_answer
from stampwell.web.api.limiting import Rate
from stampwell.web.api.refusals import (
    ApiRefusal,
    BodyTooLarge,
    Busy,
    InternalError,
    InvalidJson,
    InvalidRequest,
    TooSlow,
    Unavailable,
    UnsupportedMediaType,
)
from stampwell.web.body_sizes import LONGEST, longest_body
from stampwell.web.turned_away import why_turned_away
from stampwell.web.unavailable import untold
from stampwell.web_front import Reason

ROOT = "/api/"
VERSION = "/api/v1"
PAGES = "/api/v1/docs"
ROUTES = "stampwell.web.api.urls"
log = logging.getLogger("django.request")
_TURNED_AWAY: dict[Reason, type[ApiRefusal]] = {
    Reason.CUT_OFF: InvalidJson,
    Reason.NOT_WANTED: UnsupportedMediaType,
    Reason.TOO_SLOW: TooSlow,
    Reason.BUSY: Busy,
}


class ApiFrontDoor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if not path.startswith(ROOT) or path.startswith(PAGES):
            return self.get_response(request)
        return answer_api(request)


def answer_api(request: HttpRequest) -> HttpResponseBase:
    wants_head_only = request.method == "HEAD"
    if wants_head_only:
        request.method = "GET"
    answer = _answer(request)
    rate: Rate | None = getattr(request, "rate", None)
    for name, value in rate_headers(rate) if rate else ():
        answer[name] = value
    set_usual_headers(answer)
    if wants_head_only and isinstance(answer, HttpResponse):
        answer["Content-Length"] = str(len(answer.content))
        answer.content = b""
    return answer


def rate_headers(rate: Rate) -> list[tuple[str, str]]:
    return [
        ("RateLimit-Limit", str(rate.limit)),
        ("RateLimit-Remaining", str(max(rate.remaining, 0))),
        ("RateLimit-Reset", str(rate.seconds)),
    ]


def set_usual_headers(answer: HttpResponseBase) -> None:
    answer.setdefault("Cache-Control", "no-store")  # links and codes are secrets
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"


def _answer(request: HttpRequest) -> HttpResponseBase:
    try:
        return _ask_route(request)
    except Refusal as refusal:
        return problem_answer(request, refusal)
    except (RequestDataTooBig, UnreadablePostError) as unread:
        return problem_answer(request, BodyTooLarge() if isinstance(unread, RequestDataTooBig) else InvalidJson())
    except SuspiciousOperation:  # more parameters than anybody needs
        return problem_answer(request, InvalidRequest("?", "invalid"))
    except OUTAGES as lost:
        tell_outage(lost)
        return untold(problem_answer(request, Unavailable()))
    except Exception as mistake:  # the last wall: a program must get an answer that it can read
        _report(request, mistake)
        return untold(problem_answer(request, InternalError()))  # it was told a line above


def _ask_route(request: HttpRequest) -> HttpResponseBase:
    """Refuses: BodyTooLarge, NotFound and whatever the route refuses."""
    if reason := why_turned_away(request):
        refusal = _too_large(request) if reason is Reason.TOO_LARGE else _TURNED_AWAY[reason]()
        return untold(problem_answer(request, refusal))  # the front says it, once for many
    length, path = _declared_length(request), request.path_info
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and length > _longest(request):
        raise _too_large(request)
    if not path.startswith(VERSION + "/"):
        raise NotFound
    try:
        match = get_resolver(ROUTES).resolve(path[len(VERSION) :])
    except Http404:
        raise NotFound from None
    request.resolver_match = match
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer


def _too_large(request: HttpRequest) -> Refusal:
    """In the words of a file where the call takes one."""
    return too_large_file("size") if _longest(request) > LONGEST else BodyTooLarge()


def _longest(request: HttpRequest) -> int:
    return longest_body(request.path_info, request.content_type or "")


def _declared_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and length.isascii() else 0


def _report(request: HttpRequest, error: Exception) -> None:
    got_request_exception.send(sender=None, request=request)
    log.error(
        "%s: %s",
        HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        request.path,
        exc_info=error,
        extra={"status_code": 500, "request": request},
    )
