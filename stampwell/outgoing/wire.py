"""The wire below HTTP: it leads to the allowed machines only, and every wait on it ends with the exchange.

A time-out for each single read is not enough: a server that sends one byte a second could keep us for ever.
"""

import select
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from stampwell.outgoing.problems import NotReached
from stampwell.outgoing.resolution import addresses_of
from stampwell.outgoing.walls import Address


class Wire(httpcore.NetworkBackend):
    """Of one connection. `ends` is set for each exchange (time.monotonic)."""

    def __init__(self, addresses: tuple[Address, ...] | None) -> None:
        self.ends = 0.0
        self.address: Address | None = None  # where it leads, once it does
        self._addresses = addresses
        self._stream: _Stream | None = None

    def left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """To the first of the addresses that takes it; each but the last gets its share of the time only."""
        addresses = list(self._addresses or addresses_of(host, self.left()))
        failed: OSError = OSError()
        for place, self.address in enumerate(addresses):
            try:
                opened = socket.create_connection(
                    (str(self.address), port), self.left() / (len(addresses) - place), all_errors=False
                )
            except OSError as problem:
                failed = problem
            else:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._stream = _Stream(self, opened)
                return self._stream
        raise httpcore.ConnectTimeout if isinstance(failed, TimeoutError) else httpcore.ConnectError from failed

    def close(self) -> None:
        """Also where HTTP has not begun, as after a handshake that nobody answered."""
        if self._stream is not None:
            self._stream.close()


class _Stream(httpcore.NetworkStream):
    def __init__(self, wire: Wire, opened: socket.socket) -> None:
        self._wire, self._socket = wire, opened

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(self._wire.left())
        try:
            return self._socket.recv(max_bytes)
        except TimeoutError:
            raise httpcore.ReadTimeout from None
        except OSError as problem:
            raise httpcore.ReadError from problem

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = memoryview(buffer)
        try:
            while left:
                self._socket.settimeout(self._wire.left())
                left = left[self._socket.send(left) :]
        except TimeoutError:
            raise httpcore.WriteTimeout from None
        except OSError as problem:
            raise httpcore.WriteError from problem

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self._socket.settimeout(self._wire.left())
        try:
            self._socket = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        except (OSError, ValueError) as problem:  # a name that TLS cannot carry is a ValueError
            raise httpcore.ConnectError from problem
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks: which HTTP was agreed on, and whether the other side has said goodbye meanwhile."""
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        if info == "is_readable":
            return self._is_readable()
        return None

    def _is_readable(self) -> bool:
        if self._socket.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))


def why_not_reached(problem: httpcore.ConnectError) -> NotReached:
    """In a few words of the system, which quote nothing but what is wrong."""
    match problem.__cause__:
        case ssl.SSLCertVerificationError() as untrusted:
            return NotReached(f"the certificate is not trusted: {untrusted.verify_message}")
        case ssl.SSLError():
            return NotReached("no secure connection can be made")
        case OSError(strerror=str() as reason):
            return NotReached(reason)
    return NotReached("nobody answers")
