"""What a request gets that the front of the web server turns away: it was never whole, or nobody could take it.

The answer goes through the same middleware as all others, so that it has their headers and the visitor's language. It
asks the database nothing.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from stampwell.web_front import Answer, Environ, Reason

STATUS = {
    Reason.CUT_OFF: HTTPStatus.BAD_REQUEST,
    Reason.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.NOT_WANTED: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Reason.TOO_SLOW: HTTPStatus.REQUEST_TIMEOUT,
    Reason.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_AFTER = "5"  # seconds
_MARK = "stampwell.turned_away"  # no header has such a name


def turn_away(pages: WSGIHandler, environ: Environ, reason: Reason) -> Answer:
    told: list[tuple[str, str]] = []

    def start_response(_status: str, headers: list[tuple[str, str]], *_error: object) -> Callable[[bytes], object]:
        told.extend(headers)
        return told.append  # type: ignore[return-value]  # nobody writes by it

    answer = pages({**environ, _MARK: reason}, start_response)
    if isinstance(answer, HttpResponse):
        return Answer(answer.status_code, told, answer.content)
    answer.close()  # a file of ours is found before anybody looks for the reason, and only a browser asks for it
    return Answer(STATUS[reason], [("Cache-Control", "no-store")], b"")


def why_turned_away(request: HttpRequest) -> Reason | None:
    return request.META.get(_MARK)


class TurnedAwayMiddleware:
    """For pages. The API says it in its own words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reason = why_turned_away(request)
        if reason is None:
            return self.get_response(request)
        answer = _answer(request, STATUS[reason])
        answer.headers["Cache-Control"] = "no-store"
        if reason is Reason.BUSY:
            answer.headers["Retry-After"] = RETRY_AFTER
            answer._has_been_logged = True  # type: ignore[attr-defined]  # the front says it, once for many
        return answer


def _answer(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """In the words of whoever asks: scripts and devices of ours read JSON, people a page."""
    path = request.path_info
    if path.startswith(("/scanner/", "/kiosk/", "/autopilot/")) and request.method == "POST":
        return JsonResponse({"code": status.phrase.lower().replace(" ", "_")}, status=status)
    if path.startswith("/wallet/"):
        return JsonResponse({"message": f"{status.phrase}."}, status=status)
    # Without the request: its session lies in the database.
    page = HTTPStatus.BAD_REQUEST if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE else status
    return HttpResponse(render_to_string(f"errors/{page:d}.html"), status=status)
