"""What a name means, found within a time: the system's own resolver can be silent for half a minute."""

import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address
from queue import Empty, SimpleQueue

from stampwell.outgoing.problems import NotReached, TookTooLong
from stampwell.outgoing.walls import Address

type Resolver = Callable[[str, float], list[Address]]

MOST_AT_ONCE = 64  # names that are looked up now; beyond it somebody's name servers are silent on purpose

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def addresses_of(name: str, seconds: float) -> list[Address]:
    """In the order in which the system would try them. Raises NotReached for a name that means nothing."""
    answer: SimpleQueue[list[Address] | NotReached] = SimpleQueue()
    if not _places.acquire(timeout=seconds):
        raise TookTooLong
    threading.Thread(target=_look_up, args=(name, answer), name="look up a name", daemon=True).start()
    try:
        found = answer.get(timeout=seconds)
    except Empty:
        raise TookTooLong from None
    if isinstance(found, NotReached):
        raise found
    return found


def _look_up(name: str, answer: "SimpleQueue[list[Address] | NotReached]") -> None:
    """Goes on when nobody waits any more; nothing can interrupt the system's resolver."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        answer.put(list(dict.fromkeys(ip_address(place[0]) for *_kind, place in found)))
    except (OSError, ValueError):
        answer.put(NotReached("the name is not known"))
    finally:
        _places.release()
