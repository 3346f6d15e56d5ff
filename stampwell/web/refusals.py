"""A refusal becomes a response here, and nowhere else."""

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from stampwell.languages.explaining import explain
from stampwell.refusal import Kind, Refusal

STATUS = {
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.SIGN_IN: HTTPStatus.UNAUTHORIZED,
    Kind.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 problem details, with the refusal's sentences in the reader's language."""

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


def problem_of(refusal: Refusal, *, instance: str, zone: ZoneInfo) -> Problem:
    said = explain(refusal, zone)
    return Problem(
        type=f"https://stampwell.dev/problems/{refusal.code}",
        title=said.title,
        status=STATUS[refusal.kind],
        detail=said.staff_message,
        instance=instance,
        code=refusal.code,
        retryable=refusal.retryable,
        staff_message=said.staff_message,
        customer_message=said.customer_message,
        what_to_do=said.what_to_do,
    )


class RefusalMiddleware:
    """A refusal that no view answered becomes a page that explains it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal_page(request, exception) if isinstance(exception, Refusal) else None


def refusal_page(request: HttpRequest, refusal: Refusal, *, zone: str = "UTC") -> HttpResponse:
    said = explain(refusal, ZoneInfo(zone))
    context = {"said": said, "language": get_language()}
    return render(request, "errors/refusal.html", context, status=STATUS[refusal.kind])
