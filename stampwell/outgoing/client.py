"""Asking somebody over HTTP: an answer within a time and a size, or an OutgoingProblem."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from stampwell.outgoing.destinations import Destination

MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """As it was sent, not unpacked; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """What the status means, in two or three words; a server's own words are not shown."""
        return next((known.phrase for known in HTTPStatus if known == self.status), "")


def ask(
    destination: Destination,
    method: str,
    *,
    content: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Whatever is answered; a redirect is an answer too. All together it takes no longer than `seconds`.

    The request may arrive twice: when a connection that had rested breaks, it is sent once more over a new one.
    """
    ends = time.monotonic() + seconds
    # Only who asks pays for HTTP's machinery: 4 MB and 0.1 s.
    from stampwell.outgoing.connections import exchange  # noqa: PLC0415

    return exchange(destination, method, content=content, headers=headers or {}, ends=ends, most_bytes=most_bytes)


def hang_up() -> None:
    """Closes the connections that rest; the next request makes a new one and reads the certificates anew."""
    if "stampwell.outgoing.connections" in sys.modules:
        from stampwell.outgoing.connections import close_all  # noqa: PLC0415 - where nobody asked, nothing is to be closed

        close_all()
