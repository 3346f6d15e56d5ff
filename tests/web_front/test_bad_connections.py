"""Nobody outside can stop the server, with no account and few means: it is really served here, and really asked."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

import httpx
import pytest

from tests.serving import Product

pytestmark = pytest.mark.long

PATIENCE = 60  # seconds that a test waits for what comes within milliseconds, or never
SILENT = 1_100  # more than the thousand connections that both workers together once took


@pytest.fixture
def files() -> Iterator[None]:
    """Each connection is an open file of this process too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4096), hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(product: Product) -> socket.socket:
    at = urlsplit(product.url)
    return socket.create_connection((at.hostname, at.port), timeout=PATIENCE)


def asked(product: Product) -> int:
    return httpx.get(f"{product.url}/api/v1/me", timeout=PATIENCE).status_code


@pytest.mark.usefixtures("files")
def test_connections_that_say_nothing_keep_nobody_waiting_and_are_closed(product: Product) -> None:
    with ExitStack() as held:
        silent = [held.enter_context(connect(product)) for _number in range(SILENT)]
        silent[0].sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")

        assert asked(product) == 401

        for ended in (silent[0], silent[1], silent[-1]):
            assert ended.recv(1) == b""


def post(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def form(path: str, *headers: str) -> bytes:
    return post(path, *headers).replace(b"application/json", b"multipart/form-data; boundary=x")


def addressed(part: bytes, product: Product) -> bytes:
    """To the host under which this product is served."""
    return part.replace(b"Host: 127.0.0.1\r\n", b"Host: %b\r\n" % urlsplit(product.url).netloc.encode())


def answered(product: Product, *parts: bytes, cut_off: bool = False) -> bytes:
    """What is answered to these parts, after which the connection may end on our side."""
    with connect(product) as connection:
        with suppress(OSError):  # the server may have said no already, and have ended the connection
            for part in parts:
                connection.sendall(addressed(part, product))
            if cut_off:
                connection.shutdown(socket.SHUT_WR)
        return connection.recv(20)


ROUTES = ["/wallet/apple/cafe-lume/v1/log", "/accounts/login/", "/api/v1/scans", "/j/cafe-lume/", "/scanner/scans", "/"]
SLOW = 64


def test_bodies_that_come_byte_by_byte_keep_nobody_waiting_and_are_given_up(product: Product) -> None:
    ended = Event()
    with ExitStack() as held:
        slow = [held.enter_context(connect(product)) for _number in range(SLOW)]
        for number, connection in enumerate(slow):
            length = ["Content-Length: 9000", "Content-Length: 90000", "Transfer-Encoding: chunked"][number % 3]
            connection.sendall(addressed(post(ROUTES[number % len(ROUTES)], length), product))
        Thread(target=trickle, args=(slow, ended)).start()

        assert [asked(product) for _time in range(20)] == [401] * 20

        answers = [read_all(connection) for connection in slow]
        ended.set()
    statuses = {answer.split(b" ")[1] for answer in answers if answer}  # the last byte may have cut an answer off
    assert statuses
    assert statuses <= {b"408", b"503"}  # too slow, or too many of one address


def trickle(connections: list[socket.socket], ended: Event) -> None:
    """One byte a second; of a body in chunks it is the length of the first, which never ends."""
    while not ended.wait(1):
        for connection in connections:
            with suppress(OSError):
                connection.sendall(b"0")


def read_all(connection: socket.socket) -> bytes:
    """Until the server has ended the connection."""
    read = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            read += piece
    return read


ODD: list[tuple[list[bytes], bool, bytes]] = [
    ([post(ROUTES[0], "Content-Length: 9"), b"{}"], True, b"400"),
    ([post(ROUTES[0], "Content-Length: 90000"), b"{}"], True, b"400"),
    ([post(ROUTES[0], "Transfer-Encoding: chunked"), b"2\r\n{}\r\n"], True, b"400"),
    ([post(ROUTES[0], "Transfer-Encoding: chunked"), b"2\r\n{}\r\n0\r\n\r\n"], False, b"401"),
    ([post(ROUTES[0], "Content-Length: 2"), b"{", b"}"], False, b"401"),
    ([post(ROUTES[0], "Content-Length: 20000"), b"{" * 10_000, b"}" * 10_000], False, b"401"),
    ([post(ROUTES[0], "Content-Length: 2", "Content-Length: 3"), b"{}"], False, b"400"),
    ([post(ROUTES[0], "Content-Length: -2"), b"{}"], False, b"400"),
    ([post(ROUTES[0], "Content-Length: 300000"), b"x" * 300_000], False, b"413"),
    ([post("/static/js/card/sw.js", "Content-Length: 300000"), b"x" * 300_000], False, b"413"),
    ([post("/static/js/card/sw.js", "Content-Length: 9"), b"{}"], True, b"400"),
    ([post(ROUTES[0], "Content-Length: 3000000000"), b"x"], False, b"413"),
    ([form("/accounts/login/", "Content-Length: 2"), b"{}"], False, b"415"),
    ([form("/accounts/login/", "Content-Length: 20000"), b"x" * 20_000], False, b"415"),
    ([form("/programs/new/", "Content-Length: 2000000"), b"x" * 2_000_000], False, b"302"),
    ([form("/programs/new/", "Content-Length: 4000000"), b"x" * 4_000_000], False, b"413"),
    ([post(ROUTES[0], "Content-Length: 300000", "Expect: 100-continue")], False, b"413"),
    ([post(ROUTES[0], "Content-Length: 2", "Expect: 100-continue")], False, b"100"),
    ([post(ROUTES[0], "Transfer-Encoding: chunked"), *[b"10000\r\n%b\r\n" % (b"x" * 65_536)] * 5], False, b"413"),
    ([b"GET /\0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], False, b"400"),
    ([b"GET /a%00b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], False, b"404"),
    ([b"GET /%ff?%ff HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: a=\xff\r\n\r\n"], False, b"404"),
    ([b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: %b\r\n\r\n" % (b"y" * 300_000)], False, b"431"),
    ([b"HEAD /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], False, b"200"),
]


def test_what_is_odd_is_refused_and_what_is_whole_is_read(product: Product) -> None:
    told = [answered(product, *parts, cut_off=cut_off).split(b" ")[1] for parts, cut_off, _status in ODD]

    assert told == [status for _parts, _cut_off, status in ODD]
    assert "Traceback" not in product.log.read_text()


def test_a_cookie_with_letters_beyond_ascii_is_told_from_none(product: Product) -> None:
    """Of such a header granian says only that it is there; another website of the same domain may leave one."""
    headers = {b"Cookie": "shop=kafejnīca".encode(), b"Accept-Language": b"en"}
    answer = httpx.post(f"{product.url}/accounts/login/", headers=headers, data={"a": "b"}, timeout=PATIENCE)

    assert answer.status_code == 403
    assert "Another website has left a cookie here" in answer.text
