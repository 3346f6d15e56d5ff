"""Headers that every answer carries and Django does not set, and those of a body where there is none."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "camera=(self), screen-wake-lock=(self), geolocation=(), microphone=(), payment=(), usb=(), hid=(), serial=()"

BODILESS = (204, 304)  # RFC 9110, 8.6: no length is told of a body that must not be


class HeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # A page that says nothing else is for whoever asked: no browser keeps it for the next one who sits there.
        response.headers.setdefault("Cache-Control", "private, no-store")
        if response.status_code in BODILESS:
            for name in ("Content-Length", "Content-Type"):
                response.headers.pop(name, None)
        return response
