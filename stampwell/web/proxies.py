"""Who really asks, where a proxy stands in front: what it says of the visitor is believed, and nobody else's word.

Behind this everything is as if the visitor were connected to us: REMOTE_ADDR is the visitor's address, the scheme is
the one of the visitor's browser, and no header of a proxy is there that anything could believe.
"""

import logging
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings

from stampwell.watch.way_in import PATH, WayIn

SAID_BY_PROXIES = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_")
AS_IT_CAME = "stampwell.as_it_came"  # for one path; no header has such a name
MOST_PROXIES = 20  # in a row; whoever writes more into the header is none

log = logging.getLogger(__name__)

type Address = IPv4Address | IPv6Address
type Environ = dict[str, Any]


def see_through_proxies(environ: Environ) -> None:
    """Replaces what the connection says by what a trusted proxy says, and drops what anybody says besides."""
    peer = environ.get("REMOTE_ADDR", "")
    if environ.get("PATH_INFO") == PATH:
        environ[AS_IT_CAME] = _as_it_came(environ)
    if is_trusted(peer):
        environ["REMOTE_ADDR"] = visitor_behind(peer, environ.get("HTTP_X_FORWARDED_FOR", ""))
        if (scheme := environ.get("HTTP_X_FORWARDED_PROTO", "").partition(",")[0].strip()) in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        elif settings.HTTPS and "HTTP_X_FORWARDED_FOR" in environ:
            _tell_once("A proxy says who asks and not that they come by https: let it set X-Forwarded-Proto, too")
    else:
        environ.pop("HTTP_X_REQUEST_ID", None)
        if settings.HTTPS and "HTTP_X_FORWARDED_FOR" in environ:
            _tell_once(
                "A request came with X-Forwarded-For from an address that STAMPWELL_TRUSTED_PROXIES does not name"
            )
    for name in [name for name in environ if name.startswith(SAID_BY_PROXIES)]:
        del environ[name]


def _as_it_came(environ: Environ) -> WayIn:
    peer = environ.get("REMOTE_ADDR", "")
    return WayIn(
        peer=peer,
        is_trusted=is_trusted(peer),
        scheme=environ.get("wsgi.url_scheme", ""),
        host=environ.get("HTTP_HOST", ""),
        forwarded_for=environ.get("HTTP_X_FORWARDED_FOR", ""),
        forwarded_proto=environ.get("HTTP_X_FORWARDED_PROTO", ""),
    )


def visitor_behind(peer: str, forwarded_for: str) -> str:
    """The visitor's address: `peer`, who is connected to us, or whom a trusted one names in X-Forwarded-For.

    Each proxy adds at the end whom it was asked by, so the visitor is the last who is no proxy of ours; what stands
    before may be invented.
    """
    visitor = peer
    for said in reversed(forwarded_for.rsplit(",", MOST_PROXIES)[-MOST_PROXIES:]):
        address = _read_address(said)
        if not is_trusted(visitor) or address is None:
            break
        visitor = str(address)
    return visitor


def is_trusted(peer: str) -> bool:
    address = _read_address(peer)
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def why_visitors_look_alike() -> str:
    """What is to be told at the start: behind a proxy that is not trusted all visitors have one address. Or ""."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return ""
    return (
        "STAMPWELL_BASE_URL begins with https, so a proxy stands in front, and STAMPWELL_TRUSTED_PROXIES does not name"
        " it. All visitors then count as one, and a few wrong passwords keep everybody from signing in."
        " Set STAMPWELL_TRUSTED_PROXIES to the address from which the proxy connects, for example 127.0.0.1"
        " (docs/operating/https.md)."
    )


def _read_address(text: str) -> Address | None:
    """Also with a port, as some proxies write it; an IPv4 address within IPv6 is the IPv4 address."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@cache
def _tell_once(trouble: str) -> None:
    """One line in the life of a process, whoever asks how often."""
    log.warning(trouble)
