"""The pages for what is not a refusal: no such page, a broken form, a fault of ours."""

import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import (
    REASON_BAD_ORIGIN,
    REASON_BAD_REFERER,
    REASON_INSECURE_REFERER,
    REASON_MALFORMED_REFERER,
    REASON_NO_CSRF_COOKIE,
    REASON_NO_REFERER,
)
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from stampwell.transactions.outages import OUTAGES
from stampwell.web.unavailable import say_unavailable
from stampwell.web_front import UNREADABLE_COOKIES

HIDING = "Referrer-Policy: no-referrer"
LONGEST_ADDRESS = 2_000  # characters


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def form_not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that may have been sent by another site. Says why it looks so, for what helps depends on that."""
    back = _page_of_the_form(request)
    context = {
        "why": _why_not_ours(request, reason),
        "back": back,
        "address": settings.BASE_URL + back,
        "header": HIDING,
        "host": urlsplit(settings.BASE_URL).hostname,
    }
    return render(request, "errors/403_csrf.html", context, status=403)


def _why_not_ours(request: HttpRequest, reason: str) -> str:
    if reason == REASON_NO_CSRF_COOKIE:
        return "unreadable_cookies" if UNREADABLE_COOKIES in request.META else "no_cookie"
    if request.headers.get("Origin") == "null" or reason in (REASON_NO_REFERER, REASON_MALFORMED_REFERER):
        return "hidden"
    is_elsewhere = reason.startswith((*_beginnings(REASON_BAD_ORIGIN, REASON_BAD_REFERER), REASON_INSECURE_REFERER))
    return "elsewhere" if is_elsewhere else "old"


def _beginnings(*reasons: str) -> list[str]:
    """What stands before the address."""
    return [reason.partition("%s")[0] for reason in reasons]


def _page_of_the_form(request: HttpRequest) -> str:
    """Where the browser says the form stood. The form's own address may be one that only forms lead to."""
    try:
        said = urlsplit(request.headers.get("Referer", "")[:LONGEST_ADDRESS])
    except ValueError:  # half of a bracket
        return request.path
    is_ours = url_has_allowed_host_and_scheme(said.geturl(), {request.get_host()})
    return (said.path or "/") if is_ours and said.netloc else request.path


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What the library of accounts shows to whoever tries too often."""
    answer = render(request, "errors/429.html", status=429)
    answer.headers["Retry-After"] = "60"
    return answer


def failed(request: HttpRequest) -> HttpResponse:
    """Also where the database was lost outside of a view: a session is read and saved around it."""
    error = sys.exc_info()[1]
    if isinstance(error, OUTAGES):
        return say_unavailable(request, error)
    return render(request, "errors/500.html", status=500)
