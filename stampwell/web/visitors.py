"""Who visits, from where and with what, and that nobody else keeps what they see."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def visitor_address(request: HttpRequest) -> str:
    """The address that asks. Behind a proxy (https) it is the last one in the proxy's own header."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def phone_of(request: HttpRequest) -> str:
    """Either iphone, android, or nothing where the browser does not say."""
    agent = request.headers.get("User-Agent", "")
    if "iPhone" in agent or "iPod" in agent:
        return "iphone"
    return "android" if "Android" in agent else ""


def keep_private(response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("Cache-Control", "private, no-store")
    # Not "no-referrer": with it browsers send the forms' origin as "null", and the forgery check refuses them.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
