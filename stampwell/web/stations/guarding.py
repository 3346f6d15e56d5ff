"""What each page of a station needs: its language, its clock, and that nobody keeps it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.csp import CSP

from stampwell.merchants.closing import ShopClosed, refuse_if_closed, while_open
from stampwell.merchants.models import Station
from stampwell.web.refusals import refusal_page
from stampwell.web.stations.presence import Counter, choose_staff_locale, find_counter, remember_longer

type View = Callable[..., HttpResponse]

# The decoder is WebAssembly; nothing else in the product may compile code.
SCANNING_CSP = {
    **cast("dict[str, list[str]]", settings.SECURE_CSP),
    "script-src": [str(CSP.SELF), str(CSP.WASM_UNSAFE_EVAL)],
}


def as_counter_page(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@contextmanager
def speaking(request: HttpRequest, counter: Counter) -> Iterator[None]:
    """In the language of the device, on the clock of the place."""
    locale = choose_staff_locale(request, counter.merchant)
    with translation.override(locale), timezone.override(counter.zone):
        yield


def page_of(kind: Station.Kind, *, stranger: str) -> Callable[[View], View]:
    """A page of an enrolled device: `view(request, counter, …)`; `stranger` is shown on a device that is none."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            counter = find_counter(request, kind)
            if counter is None:
                return as_counter_page(render(request, stranger, status=HTTPStatus.FORBIDDEN))
            with speaking(request, counter):
                try:
                    refuse_if_closed(counter.merchant)
                    with while_open():
                        response = view(request, counter, *args, **kwargs)
                except ShopClosed as closed:
                    return as_counter_page(refusal_page(request, closed))
                remember_longer(request, response, counter)
            return as_counter_page(response)

        return guarded

    return guard


def act_of(kind: Station.Kind) -> Callable[[View], View]:
    """What the page of an enrolled device sends: `view(request, counter, …)`; 401 on a device that is none."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method != "POST":
                return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
            counter = find_counter(request, kind)
            if counter is None:
                return JsonResponse({"code": "signed_out"}, status=HTTPStatus.UNAUTHORIZED)
            with speaking(request, counter):
                response = view(request, counter, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        return guarded

    return guard
