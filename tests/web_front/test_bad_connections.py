"""Nobody outside can stop the server, with no account and few means: it is really served here, and really asked."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from tests.serving import Product

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
