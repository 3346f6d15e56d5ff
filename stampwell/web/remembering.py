"""What is looked up once in a request, however often it is used there."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stampwell.brought.secrets import remembered


class RememberingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with remembered():
            return self.get_response(request)
