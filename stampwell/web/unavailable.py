"""What a visitor gets while the database does not answer: a calm page, or what a program can read."""

from http import HTTPStatus

import msgspec
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from stampwell.transactions.outages import tell_outage

AGAIN_AFTER = 5  # seconds


class _Said(msgspec.Struct, frozen=True):
    code: str = "unavailable"


def say_unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """In the language that the visitor asks for. Nothing that this takes lies in the database, as a session does."""
    tell_outage(error)
    if _is_program(request):
        answer = HttpResponse(msgspec.json.encode(_Said()), content_type="application/json")
    else:
        answer = HttpResponse(render_to_string("errors/503.html"))
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    answer.headers["Retry-After"] = str(AGAIN_AFTER)
    return untold(answer)


def untold[Answer: HttpResponse](answer: Answer) -> Answer:
    """Django writes a line for each answer above 499, and in an outage all are."""
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _is_program(request: HttpRequest) -> bool:
    """A page's own script asks for JSON, or sends it."""
    return request.headers.get("Accept", "").startswith("application/json") or (
        request.content_type == "application/json" and "text/html" not in request.headers.get("Accept", "")
    )
