"""A file comes with a form that takes one, and only from somebody who is signed in. Nothing is read before that.

A small one is kept in memory. A larger one lies in a file without a name, so that nothing is left of it, whatever ends.
"""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from stampwell.web.body_sizes import IN_PARTS, LONGER, route_of
from stampwell.web.turned_away import why_turned_away

IN_MEMORY = 4 << 20  # bytes of a file


class UploadMiddleware:
    """Comes before the check of forms, which would read the body and then ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with_file = request.content_type == IN_PARTS and route_of(request.path_info) in LONGER
        if with_file and why_turned_away(request) is None and SESSION_KEY not in request.session:
            return redirect(settings.LOGIN_URL)
        request.upload_handlers = [_Unlisted(request)]
        return self.get_response(request)


class _Unlisted(FileUploadHandler):
    """Django's own gives the larger ones a name, which would stay where a process is killed."""

    def new_file(self, *told: Any, **more: Any) -> None:
        super().new_file(*told, **more)
        self.file = SpooledTemporaryFile(IN_MEMORY, "w+b", dir=str(settings.DATA_DIR))  # noqa: SIM115 - Django closes it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)
