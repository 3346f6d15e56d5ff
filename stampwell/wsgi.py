"""What the web server loads in each of its workers."""

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import get_resolver

os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
pages = get_wsgi_application()
for routes in (None, "stampwell.web.api.urls"):
    _ = get_resolver(routes).url_patterns  # all pages are imported now, not while the first visitor waits

from stampwell.log_secrets import log_what_nobody_catches  # noqa: E402
from stampwell.transactions import bulkhead  # noqa: E402 - only now are the apps loaded
from stampwell.web.api.fast_lane import carry  # noqa: E402
from stampwell.web.proxies import see_through_proxies  # noqa: E402

log_what_nobody_catches()
if settings.WEB_THREADS:
    bulkhead.arm(settings.WEB_THREADS)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """An answer that is there in one piece is handed over as a list: only then the server tells its length."""
    see_through_proxies(environ)
    if carried := carry(environ):
        start_response(f"{carried.status:d} {carried.status.phrase}", carried.headers)
        return [carried.body]
    if "HTTP_TRANSFER_ENCODING" in environ and "CONTENT_LENGTH" not in environ:
        _take_chunks(environ)
    response = pages(environ, start_response)
    if not isinstance(response, HttpResponse):
        return response
    response.close()
    return [response.content]


def _take_chunks(environ: dict[str, Any]) -> None:
    """Django takes a body that tells no length for none; so it is told. One byte more than may be is too large."""
    body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
