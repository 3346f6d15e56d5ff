"""A file comes with a form that takes one, and only from somebody who is signed in. Nothing is read before that.

It is kept in memory, for it is small (`body_sizes`), and never written to the disk.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from stampwell.web.body_sizes import IN_PARTS, LONGER, route_of
from stampwell.web.turned_away import why_turned_away


class UploadMiddleware:
    """Comes before the check of forms, which would read the body and then ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with_file = request.content_type == IN_PARTS and route_of(request.path_info) in LONGER
        if with_file and why_turned_away(request) is None and SESSION_KEY not in request.session:
            return redirect(settings.LOGIN_URL)
        request.upload_handlers = [_InMemory(request)]
        return self.get_response(request)


class _InMemory(MemoryFileUploadHandler):
    """Takes every file. Django's own leaves the larger ones to a handler that writes them down."""

    def handle_raw_input(self, *told: Any, **more: Any) -> None:
        self.activated = True
