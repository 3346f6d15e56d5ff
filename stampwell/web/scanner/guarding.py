"""Only an enrolled phone sees the counter's pages, and only somebody who has signed in may act there."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from stampwell.merchants.closing import ShopClosed, refuse_if_closed, while_open
from stampwell.merchants.models import Station
from stampwell.web.refusals import refusal_page
from stampwell.web.scanner.presence import Shift, find_shift
from stampwell.web.stations.guarding import as_counter_page, speaking
from stampwell.web.stations.presence import Counter, find_counter, remember_longer

type View = Callable[..., HttpResponse]


def at_counter(view: Callable[..., HttpResponse]) -> View:
    """A page of an enrolled phone: `view(request, counter, …)`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        counter = find_counter(request, Station.Kind.SCANNER)
        if counter is None:
            return not_enrolled(request)
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


def on_shift(view: Callable[..., HttpResponse]) -> View:
    """A page for who has signed in at an enrolled phone: `view(request, shift, …)`."""

    @wraps(view)
    def guarded(request: HttpRequest, counter: Counter, *args: object, **kwargs: object) -> HttpResponse:
        shift = find_shift(request, counter)
        return view(request, shift, *args, **kwargs) if shift else redirect("scanner_people")

    return at_counter(guarded)


def acting(view: Callable[..., HttpResponse]) -> View:
    """What the scanner page sends: `view(request, shift, …)`; 401 where nobody is signed in (any more)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        shift = _find_shift(request)
        if shift is None:
            return JsonResponse({"code": "signed_out"}, status=401)
        with speaking(request, shift.counter):
            response = view(request, shift, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


def not_enrolled(request: HttpRequest) -> HttpResponse:
    """What to do on a phone that is no scanner, or no longer one."""
    return as_counter_page(render(request, "scanner/not_enrolled.html", status=403))


def _find_shift(request: HttpRequest) -> Shift | None:
    counter = find_counter(request, Station.Kind.SCANNER)
    return find_shift(request, counter) if counter else None
