"""What each page of a station needs: its camera, its language, its clock, and that nobody keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.csp import CSP

from stampwell.web.stations.presence import Counter, choose_staff_locale

# The decoder is WebAssembly; nothing else in the product may compile code.
SCANNING_CSP = {
    **cast("dict[str, list[str]]", settings.SECURE_CSP),
    "script-src": [str(CSP.SELF), str(CSP.WASM_UNSAFE_EVAL)],
}


def as_counter_page(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response.headers["Permissions-Policy"] = "camera=(self), screen-wake-lock=(self)"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@contextmanager
def speaking(request: HttpRequest, counter: Counter) -> Iterator[None]:
    """In the language of the device, on the clock of the place."""
    locale = choose_staff_locale(request, counter.merchant)
    with translation.override(locale), timezone.override(counter.zone):
        yield
