"""How long others wait while somebody outside holds many connections and does as little as possible with them."""

import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from bench.figures import LIMITS, Figure
from bench.loading import write_get
from bench.serving import come_to_rest, fresh_database, served
from bench.shop import Shop
from stampwell.ids import public_id

SLOW, SILENT, READERS = 64, 1_100, 64
ASKED = 600  # times, one after the other
ROUTES = ["/api/v1/scans", "/accounts/login/", "/wallet/apple/bench/v1/log", "/scanner/scans", "/j/bench/", "/"]
LARGE = "/static/vendor/zxing/zxing_reader.wasm"

type Crowd = Callable[[int], list[socket.socket]]


def measure_crowds(url: str, folder: Path) -> list[Figure]:
    url = fresh_database(url, "bench_crowds")
    shop = Shop(url, "Crowds")
    shop.give_cards(1, with_voucher=True)
    with served(url, folder) as product:
        [request] = shop.requests(1, lambda number, key: _read(shop, number, key))
        come_to_rest(url)
        _waiting(product.port, request)
        return [
            _measure(product.port, request, "crowds_bodies", _slow, trickles=True),
            _measure(product.port, request, "crowds_silent", _silent, trickles=False),
            _measure(product.port, request, "crowds_readers", _read_slowly, trickles=False),
        ]


def _measure(port: int, request: bytes, name: str, crowd: Crowd, *, trickles: bool) -> Figure:
    before = _waiting(port, request)
    with _held(crowd(port), trickles=trickles) as connections:
        crowded = _waiting(port, request)
        longest = _closed_after(connections) if trickles else 0.0
    quiet = (before + _waiting(port, request)) / 2
    remarks = f"{len(connections)} connections."
    if trickles:
        remarks += f" The last of them was closed after {longest:.0f} s."
    return Figure(name, crowded, quiet, "ms (p95)", "quiet", LIMITS[name], grows=True, remarks=remarks)


def _waiting(port: int, request: bytes) -> float:
    times = []
    for _time in range(ASKED):
        begun = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as link:
            link.sendall(request)
            assert link.recv(65536).startswith(b"HTTP/1.1 200"), "not answered"
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(times, n=20)[-1]


@contextmanager
def _held(connections: list[socket.socket], *, trickles: bool) -> Iterator[list[socket.socket]]:
    ended = Event()
    if trickles:
        Thread(target=_trickle, args=(connections, ended), daemon=True).start()
    try:
        yield connections
    finally:
        ended.set()
        for connection in connections:
            connection.close()


def _trickle(connections: list[socket.socket], ended: Event) -> None:
    while not ended.wait(1):
        for connection in connections:
            with suppress(OSError):
                connection.sendall(b"1")


def _closed_after(connections: list[socket.socket]) -> float:
    """Seconds from now until the server has ended all of them; they began a moment ago."""
    begun = time.monotonic()
    for connection in connections:
        connection.settimeout(60)
        with suppress(ConnectionError):
            while connection.recv(65536):
                pass
    return time.monotonic() - begun


def _slow(port: int) -> list[socket.socket]:
    return [_begin(port, _head("POST", ROUTES[number % len(ROUTES)], 9_000)) for number in range(SLOW)]


def _silent(port: int) -> list[socket.socket]:
    return [_begin(port, b"") for _number in range(SILENT)]


def _read_slowly(port: int) -> list[socket.socket]:
    return [_begin(port, _head("GET", LARGE, 0)) for _number in range(READERS)]


def _begin(port: int, head: bytes) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    connection.sendall(head)
    return connection


def _head(method: str, path: str, length: int) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n".encode()


def _read(shop: Shop, number: int, key: str) -> bytes:
    return write_get(f"/api/v1/cards/{public_id('crd', shop.row_id(number))}", key)
