"""Where a request goes: an address that was read once, and the machines that it may be sent to."""

from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from stampwell.outgoing.problems import AddressNotAllowed
from stampwell.outgoing.resolution import Resolver, addresses_of
from stampwell.outgoing.walls import Address, is_in_the_world

PORTS = {"https": 443, "http": 80}
PORTS_OF_THE_WORLD = (443, 8443)  # where else TLS is spoken, something is seldom meant to be asked by strangers
LONGEST_URL = 2000
LONGEST_HOST = 254  # letters of a name, with the dot that may end it
LONGEST_LOOK_UP = 5.0  # seconds
_PATH_LETTERS = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Destination:
    """`addresses` are the only ones that are connected to; None means whatever the name means at that time."""

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)  # often a secret
    addresses: tuple[Address, ...] | None = None
    ca: str | None = None

    @property
    def authority(self) -> str:
        """The host as the header `Host` names it: without the port if it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def to_a_trusted_host(url: str, *, ca: str | None = None) -> Destination:
    """For addresses of the configuration: no walls. `ca` is a file with the only authority that is then trusted."""
    parts = _read(url)
    return Destination(parts.scheme, _host(parts), _port(parts), _target(parts), ca=ca)


def to_the_world(url: str, *, seconds: float = LONGEST_LOOK_UP, resolve: Resolver = addresses_of) -> Destination:
    """For addresses that a shop has given. Raises AddressNotAllowed for one that is not the open internet's.

    Its name is looked up here, once, and only what was found is connected to: a name that means something else a
    moment later leads nowhere new. Make the destination anew for each request, for names do change hands.
    """
    parts = _read(url)
    host, port = _host(parts), _port(parts)
    literal = _literal(host)
    found = [literal] if literal else resolve(host, seconds)
    inside = tuple(address for address in found if _is_opened(address))
    if inside:
        return Destination(parts.scheme, host, port, _target(parts), addresses=inside)
    if parts.scheme != "https":
        raise AddressNotAllowed("the address does not begin with https://")
    if port not in PORTS_OF_THE_WORLD:
        raise AddressNotAllowed(f"port {port} is not allowed")
    outside = tuple(address for address in found if is_in_the_world(address))
    if not outside:
        raise AddressNotAllowed("the address is not on the open internet")
    return Destination(parts.scheme, host, port, _target(parts), addresses=outside)


def check_address(url: str) -> None:
    """What can be said of an address that a shop gives without looking up its name; `to_the_world` has the last word.

    Raises AddressNotAllowed.
    """
    parts = _read(url)
    host, port = _host(parts), _port(parts)
    _target(parts)
    if _literal(host):
        to_the_world(url)
    elif settings.OUTGOING_INSIDE:
        return  # a name may lead inside, where any port and http are allowed
    elif parts.scheme != "https" or port not in PORTS_OF_THE_WORLD:
        raise AddressNotAllowed("the address does not begin with https://, or its port is not allowed")


def _is_opened(address: Address) -> bool:
    """Whether the operator lets shops reach this part of the inner network, over http and on any port too."""
    return any(address.version == network.version and address in network for network in settings.OUTGOING_INSIDE)


def _read(url: str) -> SplitResult:
    """Whatever two programs might read in two ways is refused: spaces, backslashes, a user before the host."""
    if len(url) > LONGEST_URL or any(letter <= " " or letter in "\\\x7f" for letter in url):
        raise AddressNotAllowed("the address cannot be read")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise AddressNotAllowed("the address cannot be read") from None
    if parts.scheme not in PORTS:
        raise AddressNotAllowed("the address does not begin with https://")
    if "@" in parts.netloc:
        raise AddressNotAllowed("a name or a password stands before the host")
    return parts


def _host(parts: SplitResult) -> str:
    """In ASCII and small letters. An IPv4 address is written with four numbers, in no other of its ways."""
    written = parts.hostname or ""
    if len(written) > LONGEST_HOST:
        written = ""  # for ten times as much the reader of other letters takes a hundred times as long
    try:
        host = written.encode("idna").decode().removesuffix(".")
    except UnicodeError:
        host = ""
    last = host.rpartition(".")[2]
    looks_like_a_number = last.isdigit() or last.startswith("0x")
    if ":" not in host and looks_like_a_number and _literal(host) is None:
        host = ""
    if not host or "%" in host or (":" in host and _literal(host) is None):
        raise AddressNotAllowed("the host cannot be read")
    return host


def _literal(host: str) -> Address | None:
    for kind in (IPv4Address, IPv6Address):
        try:
            return kind(host)
        except AddressValueError:
            continue
    return None


def _port(parts: SplitResult) -> int:
    try:
        return PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise AddressNotAllowed("the port cannot be read") from None


def _target(parts: SplitResult) -> str:
    try:
        path = quote(parts.path or "/", safe=_PATH_LETTERS)
        return f"{path}?{quote(parts.query, safe=_PATH_LETTERS + '?')}" if parts.query else path
    except UnicodeEncodeError:  # half of a letter, as JSON can write it
        raise AddressNotAllowed("the address cannot be read") from None
