"""A body as it comes over the wire: in one piece, in chunks, or cut off in the middle."""

import socket
from urllib.parse import urlsplit

import pytest

from stampwell.cards.models import Stamp
from stampwell.ids import public_id
from tests.serving import Product
from tests.world import Shop, open_lume

pytestmark = pytest.mark.django_db(transaction=True)


class Wire:
    """Sends bytes just so, on a connection of its own that the sender ends."""

    def __init__(self, product: Product, shop: Shop) -> None:
        at = urlsplit(product.url)
        self._at = (at.hostname, at.port)
        card = shop.publish(earning={"by": "visit", "cooldown_seconds": 0}).card()
        self._head = (
            f"POST /api/v1/cards/{public_id('crd', card.id)}/stamps HTTP/1.1\r\nHost: {at.netloc}\r\n"
            f"Authorization: Bearer {shop.api_key()}\r\nIdempotency-Key: tap-1\r\n"
            "Content-Type: application/json\r\nConnection: close\r\n"
        )

    def send(self, header: str, body: str) -> int:
        """The status of the answer."""
        with self._sent(header, body) as link:
            answer = b"".join(iter(lambda: link.recv(65536), b""))
        return int(answer.split(b" ", 2)[1])

    def cut_off(self, header: str, body: str) -> None:
        """Ends the connection after this much, and waits until the server has ended it too."""
        with self._sent(header, body) as link:
            link.shutdown(socket.SHUT_WR)
            while link.recv(65536):
                pass

    def _sent(self, header: str, body: str) -> socket.socket:
        link = socket.create_connection(self._at, timeout=20)
        link.sendall(f"{self._head}{header}\r\n\r\n{body}".encode())
        return link


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("Content-Length: 12", ""),
        ("Content-Length: 12", '{"count":'),
        ("Content-Length: 5000", ""),
        ("Transfer-Encoding: chunked", ""),
        ("Transfer-Encoding: chunked", 'b\r\n{"count":2}\r\n'),
    ],
)
def test_a_body_that_was_cut_off_is_not_an_empty_one(product: Product, header: str, body: str) -> None:
    """It stamps nothing, and its key is still free for the request that comes again."""
    wire = Wire(product, open_lume())

    wire.cut_off(header, body)

    assert wire.send("Content-Length: 11", '{"count":2}') == 201
    assert [stamp.count for stamp in Stamp.objects.all()] == [2]


def test_a_body_in_chunks_is_read(product: Product) -> None:
    wire = Wire(product, open_lume())

    assert wire.send("Transfer-Encoding: chunked", '6\r\n{"coun\r\n5\r\nt":2}\r\n0\r\n\r\n') == 201

    assert Stamp.objects.get().count == 2


def test_chunks_beyond_the_limit_are_too_large(product: Product) -> None:
    wire = Wire(product, open_lume())
    chunk = f"10000\r\n{' ' * 0x10000}\r\n"

    assert wire.send("Transfer-Encoding: chunked", chunk * 5 + "0\r\n\r\n") == 413

    assert Stamp.objects.count() == 0
