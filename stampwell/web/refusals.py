"""A refusal becomes a response here, and nowhere else."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from stampwell.cards.recovering_by_mail import RecoveryLinkEnded
from stampwell.cards.refusals import CardMoved
from stampwell.clock import now
from stampwell.languages.explaining import explain
from stampwell.languages.formatting import End, Money
from stampwell.refusal import Kind, Refusal
from stampwell.transactions.outages import OUTAGES
from stampwell.web.json_bodies import UNREADABLE
from stampwell.web.seen import note_refusal
from stampwell.web.unavailable import say_unavailable

STATUS = {
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.SIGN_IN: HTTPStatus.UNAUTHORIZED,
    Kind.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Kind.CLOSED: HTTPStatus.CONFLICT,
}

DESK_ROOMS = ("stampwell.web.dashboard.", "stampwell.web.operator.", "stampwell.web.sign_ins", "allauth.")
STAFF_ROOMS = (
    *DESK_ROOMS,
    "stampwell.web.scanner.",
    "stampwell.web.stations.",
    "stampwell.web.autopilot.",
    "stampwell.web.kiosk.settings",
)


class ShapeError(msgspec.Struct, frozen=True):
    """What is wrong with one value of a request.

    `pointer` is a JSON Pointer into the body (RFC 6901), or the name of a query parameter after a question mark.
    """

    pointer: str
    code: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 problem details, with the refusal's sentences in the reader's language.

    `what_to_do` is for those who read `staff_message`, `what_customer_can_do` for those who read `customer_message`.
    `facts` are what the sentences were filled with, for programs: times, counts, amounts, names.
    `errors` is null unless the request's shape was wrong.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    retryable: bool
    staff_message: str
    customer_message: str
    what_to_do: str
    what_customer_can_do: str
    facts: dict[str, Any]
    errors: list[ShapeError] | None


class EdgeRefusal(Refusal):
    """A no of the protocol, not of the business: it has a status of its own."""

    status: ClassVar[HTTPStatus]


def status_of(refusal: Refusal | type[Refusal]) -> HTTPStatus:
    kind = refusal if isinstance(refusal, type) else type(refusal)
    return kind.status if issubclass(kind, EdgeRefusal) else STATUS[kind.kind]


def problem_of(refusal: Refusal, *, instance: str, zone: ZoneInfo, errors: list[ShapeError] | None = None) -> Problem:
    said = explain(refusal, zone)
    note_refusal(refusal)
    return Problem(
        type=f"https://stampwell.dev/problems/{refusal.code}",
        title=said.title,
        status=status_of(refusal),
        detail=said.staff_message,
        instance=instance,
        code=refusal.code,
        retryable=refusal.retryable,
        staff_message=said.staff_message,
        customer_message=said.customer_message,
        what_to_do=said.what_to_do,
        what_customer_can_do=said.what_customer_can_do,
        facts={name: _for_programs(fact) for name, fact in refusal.facts.items()},
        errors=errors,
    )


def _for_programs(fact: object) -> object:
    match fact:
        case Money():
            return {"amount": fact.minor, "currency": fact.currency}
        case End():
            return fact.moment
        case timedelta():
            return round(fact.total_seconds())
        case Promise():
            return str(fact)
    return fact


class RefusalMiddleware:
    """A refusal that no view answered becomes a page that explains it, and so does a database that does not answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not answer.content:
            return _page_for_no_such_method(request, answer)
        return answer

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        passkey = request.POST.get("credential") if request.path.startswith("/accounts/") else None
        if passkey and not _is_readable(passkey):
            return render(request, "errors/400.html", status=HTTPStatus.BAD_REQUEST)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if isinstance(exception, OUTAGES):
            return say_unavailable(request, exception)
        return None


def _is_readable(passkey: str) -> bool:
    """The library of accounts reads this as JSON, and breaks where it goes too deep or is no object."""
    try:
        msgspec.json.decode(passkey, type=dict[str, Any])
    except UNREADABLE:
        return False
    return True


def _page_for_no_such_method(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Django's own is blank; people come to it by an address that only a form leads to."""
    answer.content = render_to_string("errors/404.html", request=request)
    return answer


def refusal_page(request: HttpRequest, refusal: Refusal, *, zone: str = "UTC") -> HttpResponse:
    said = explain(refusal, ZoneInfo(zone), at=now())
    note_refusal(refusal)
    context = {
        "said": said,
        "for_staff": _stands_in(request, STAFF_ROOMS),
        "at_desk": _stands_in(request, DESK_ROOMS),
        "language": get_language(),
        "lost_url": _way_back_to_card(request, refusal),
    }
    return render(request, "errors/refusal.html", context, status=status_of(refusal))


def _way_back_to_card(request: HttpRequest, refusal: Refusal) -> str:
    """For a customer in front of a link that is dead: the page where a new one can be asked for."""
    found = request.resolver_match
    slug = found.kwargs.get("merchant_slug") if found else None
    return reverse("lost-card", args=[slug]) if slug and isinstance(refusal, CardMoved | RecoveryLinkEnded) else ""


def _stands_in(request: HttpRequest, rooms: tuple[str, ...]) -> bool:
    """Where the page that refused stands. Those of the desk, of staff's devices and of an account are for staff, all
    others for customers.
    """
    found = request.resolver_match
    return found is not None and found.func.__module__.startswith(rooms)
