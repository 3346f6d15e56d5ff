"""Only an enrolled phone sees the counter's pages, and only somebody who has signed in may act there."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from stampwell.merchants.models import Station
from stampwell.web.scanner.presence import find_shift
from stampwell.web.stations.guarding import act_of, page_of
from stampwell.web.stations.presence import Counter

type View = Callable[..., HttpResponse]

at_counter = page_of(Station.Kind.SCANNER, stranger="scanner/not_enrolled.html")


def on_shift(view: View) -> View:
    """A page for who has signed in at an enrolled phone: `view(request, shift, …)`."""

    @wraps(view)
    def guarded(request: HttpRequest, counter: Counter, *args: object, **kwargs: object) -> HttpResponse:
        shift = find_shift(request, counter)
        return view(request, shift, *args, **kwargs) if shift else redirect("scanner_people")

    return at_counter(guarded)


def acting(view: View) -> View:
    """What the scanner page sends: `view(request, shift, …)`; 401 where nobody is signed in (any more)."""

    @wraps(view)
    def guarded(request: HttpRequest, counter: Counter, *args: object, **kwargs: object) -> HttpResponse:
        shift = find_shift(request, counter)
        return view(request, shift, *args, **kwargs) if shift else JsonResponse({"code": "signed_out"}, status=401)

    return act_of(Station.Kind.SCANNER)(guarded)
