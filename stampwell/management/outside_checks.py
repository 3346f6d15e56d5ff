"""The way in from outside: the public address is asked as a phone asks it, and what proxies made of that is looked at.

As far as that can be seen from here: some networks do not lead a machine to its own public address.
"""

import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from stampwell.environment import is_on_this_machine, usual_port
from stampwell.findings import Finding, Level, amber, good, red, worst_of
from stampwell.management.shown_certificate import look_at_shown_certificate
from stampwell.watch.way_in import HEADER, PATH, WayIn, make_question

PATIENCE = 10  # seconds
LONGEST = 65_536  # bytes of the answer; ours is short
INVENTED = "192.0.2.1"  # an address of documentation: nobody has it
SET_HEADERS = "`stampwell proxy` writes a file that does, and docs/operating/https.md says what a proxy has to say."
OURS = {
    "Strict-Transport-Security": "browsers are not told to come by https only",
    "Content-Security-Policy": "a fault in a page could then be used by others",
}


def look_from_outside(address: str) -> Iterator[Finding]:
    """Stops at what has to be right first: a name, a certificate, our own answer, then what proxies say."""
    if address.startswith("https://"):
        shown = look_at_shown_certificate(urlsplit(address), PATIENCE)
        yield from shown
        if worst_of(shown) is Level.RED:
            return
    try:
        with _ask(address) as answer:
            way = msgspec.json.decode(answer.read(LONGEST), type=WayIn)
    except urllib.error.HTTPError as error:
        with error:
            yield _why_answered_so(address, error)
        return
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        yield _why_not_reached(address, getattr(error, "reason", error))
        return
    except msgspec.DecodeError:
        yield red(f"Another program answers at {address}. Let the proxy ask this Stampwell. {SET_HEADERS}")
        return
    found = [*look_at_way(way, address), *look_at_headers(answer.headers, way, address)]
    yield from found or [good(f"{address} answers, and knows who asks.")]
    yield from look_at_plain(address)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Where somebody is sent on to is part of what we want to see."""

    def redirect_request(self, *_told: object) -> None:
        return None


def _open(wanted: str | urllib.request.Request) -> http.client.HTTPResponse:
    https = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    answer: http.client.HTTPResponse = urllib.request.build_opener(_Stay, https).open(wanted, timeout=PATIENCE)
    return answer


def _ask(address: str) -> http.client.HTTPResponse:
    """Says of itself what outsiders might: no proxy may hand that on."""
    said = {HEADER: make_question(), "X-Forwarded-For": INVENTED, "X-Forwarded-Proto": "http", "Accept": "*/*"}
    wanted = urllib.request.Request(f"{address}{PATH}", headers=said)  # noqa: S310 - our own address
    return _open(wanted)


def _why_answered_so(address: str, error: urllib.error.HTTPError) -> Finding:
    if error.code == 404:
        return red(
            f"What answers at {address} is not this Stampwell, or one with another STAMPWELL_SECRET_KEY. Let the proxy "
            "ask this one; where several share an address, let all have the same keys."
        )
    if error.code == 400:
        return red(
            f"{address} answers with 400: the proxy asks under another name than {urlsplit(address).netloc}. Let it "
            f"hand on the host (nginx: proxy_set_header Host $http_host;). {SET_HEADERS}"
        )
    if error.code in (301, 302, 303, 307, 308):
        return red(
            f"{address} sends people on to {error.headers.get('Location', 'nowhere')}. If that is the address that "
            "they are to open, set STAMPWELL_BASE_URL to it; else let the proxy ask Stampwell."
        )
    if error.code in (502, 503, 504):
        return red(
            f"{address} answers with {error.code}: the proxy does not reach Stampwell, or it cannot answer. Is "
            "`stampwell serve` running, and does the proxy ask where STAMPWELL_LISTEN says?"
        )
    return red(f"{address} answers with {error.code}. Look into the log of the proxy.")


def _why_not_reached(address: str, reason: object) -> Finding:
    if is_on_this_machine(address):
        return amber(f"{address} does not answer ({reason}). Is `stampwell serve` running?")
    return amber(
        f"{address} does not answer here ({reason}). Open it with a phone outside of this network. If it does not "
        "open there either, look at the name, the firewall and the proxy."
    )


def look_at_way(way: WayIn, address: str) -> Iterator[Finding]:
    """What a proxy says of visitors. Where nobody stands in front, there is nothing to say."""
    name = urlsplit(address).netloc
    if way.host.lower().removesuffix(f":{usual_port(urlsplit(address).scheme)}") != name:
        yield red(
            f"The proxy asks under the name {way.host or 'of nobody'}, and people under {name}. Let it hand on the "
            f"host (nginx: proxy_set_header Host $http_host;). {SET_HEADERS}"
        )
    if not way.is_trusted:
        if address.startswith("https://") and way.scheme != "https":
            yield red(
                f"The proxy connects from {way.peer}, which STAMPWELL_TRUSTED_PROXIES does not name, so all count "
                f"as one. Set STAMPWELL_TRUSTED_PROXIES={way.peer}, or your proxies' network, and start again."
            )
        return
    yield from _look_at_what_is_said(way, address)


def _look_at_what_is_said(way: WayIn, address: str) -> Iterator[Finding]:
    last = way.forwarded_for.rpartition(",")[2].strip()
    if not last:
        yield red(
            "The proxy does not say who asks, so all visitors count as one. Let it set X-Forwarded-For (nginx: "
            f"proxy_set_header X-Forwarded-For $remote_addr;). {SET_HEADERS}"
        )
    elif last == INVENTED:
        yield red(
            "The proxy hands on X-Forwarded-For as visitors send it, so anybody may invent an address and get around "
            f"every limit. Let it replace that (nginx: proxy_set_header X-Forwarded-For $remote_addr;). {SET_HEADERS}"
        )
    if address.startswith("https://") and way.scheme != "https" and way.forwarded_proto.partition(",")[0] != "https":
        yield red(
            "The proxy does not say that people come by https, so browsers are not told to stay with it. Let it set "
            f"X-Forwarded-Proto (nginx: proxy_set_header X-Forwarded-Proto $scheme;). {SET_HEADERS}"
        )


def look_at_headers(headers: "http.client.HTTPMessage", way: WayIn, address: str) -> Iterator[Finding]:
    """What the proxy took out of our answer, or put into it."""
    if "no-referrer" in headers.get_all("Referrer-Policy", []):
        yield red(
            "The proxy sets “Referrer-Policy: no-referrer”: browsers then hide where a form comes from, and every form "
            "is refused. Take that out; Stampwell says “same-origin” itself."
        )
    is_known = way.scheme == "https" or (way.is_trusted and way.forwarded_proto.partition(",")[0] == "https")
    for name, why in OURS.items():
        if name not in headers and (is_known or not name.startswith("Strict")):
            yield amber(f"The proxy takes {name} out of our answers: {why}. Let it hand on all headers.")


def look_at_plain(address: str) -> Iterator[Finding]:
    """Whether whoever types the name without https is sent to it. Where nobody answers there, nothing is lost."""
    at = urlsplit(address)
    if at.scheme != "https" or at.port:
        return
    yield from look_at_redirect(f"http://{at.netloc}", address)


def look_at_redirect(plain: str, address: str) -> Iterator[Finding]:
    try:
        with _open(plain):
            pass
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (301, 302, 307, 308) and f"{error.headers.get('Location', '')}/".startswith(f"{address}/"):
            yield good(f"{plain} sends people to https.")
            return
    except (OSError, http.client.HTTPException):
        return
    yield amber(
        f"{plain} does not send people to https: who types the name alone comes to the wrong place, or is read along. "
        f"Let the proxy answer with 308 and {address}. {SET_HEADERS}"
    )
