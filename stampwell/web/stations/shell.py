"""What makes a station open without a connection: a worker in its browser that keeps one page and the files of it."""

from hashlib import sha256
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stampwell.merchants.models import Station


def answer_worker(
    request: HttpRequest,
    kind: Station.Kind,
    *,
    page: str,
    page_url: str,
    credentials: Literal["omit", "same-origin"] = "omit",
) -> HttpResponse:
    """Its text changes with the page that it keeps, so a browser takes the new one by itself. `page` is what `page_url`
    answers, which must be the same for as long as nothing of it has changed.
    """
    context = {
        "kind": kind.value,
        "offline_url": page_url,
        "version": sha256(page.encode()).hexdigest()[:16],
        "credentials": credentials,
    }
    response = render(request, "stations/sw.js", context, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response
