"""Who visits, from where and with what, and that nobody else keeps what they see."""

from datetime import datetime
from ipaddress import IPv6Address, ip_network

from django.http import HttpRequest, HttpResponse

IPV6_OF_ONE = 64  # bits: who has one such address has all that begin alike


def visitor_address(request: HttpRequest) -> str:
    """Where the request comes from, for limits."""
    return of_one(str(request.META.get("REMOTE_ADDR", "")))


def of_one(address: str) -> str:
    """The address itself, or the network that one household gets of IPv6. IPv4 within IPv6 is IPv4."""
    if ":" not in address:
        return address
    if inner := IPv6Address(address).ipv4_mapped:
        return str(inner)
    return str(ip_network(f"{address}/{IPV6_OF_ONE}", strict=False).network_address)


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
