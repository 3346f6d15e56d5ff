"""Under which host we are asked: our own address, or this machine itself at the port where we listen.

Another port would be harmless to whoever sent it, but a page or a mail could carry it on to others.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

USUAL_PORTS = {"http": "80", "https": "443"}


class HostMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_our_host(request.META):
            raise DisallowedHost("This is not the address of this installation.")
        return self.get_response(request)


def is_our_host(environ: dict[str, Any]) -> bool:
    domain, port = split_domain_port(environ.get("HTTP_HOST") or environ["SERVER_NAME"])
    if "*" in settings.ALLOWED_HOSTS:
        return bool(domain)
    own = urlsplit(settings.BASE_URL)
    ports = {str(own.port or USUAL_PORTS[own.scheme]), str(environ.get("SERVER_PORT", ""))}
    return validate_host(domain, settings.ALLOWED_HOSTS) and (port or USUAL_PORTS[own.scheme]) in ports
