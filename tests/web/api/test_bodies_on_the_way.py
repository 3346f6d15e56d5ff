"""A body as it comes over the wire: in one piece, in chunks, or cut off in the middle."""

import socket
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlsplit

import httpx
import pytest

from stampwell.cards.models import Stamp
from stampwell.ids import public_id
from stampwell.imports.models import CardImport
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


def test_a_body_sent_is_read(product: Product) -> None:
    wire = Wire(product, open_lume())

    assert wire.send("Transfer-Encoding: chunked", '6\r\n{"coun\r\n5\r\nt":2}\r\n0\r\n\r\n') == 201

    assert Stamp.objects.get().count == 2


def test_chunks_beyond_the_limit_are_too_large(product: Product) -> None:
    wire = Wire(product, open_lume())
    chunk = f"10000\r\n{' ' * 0x10000}\r\n"

    assert wire.send("Transfer-Encoding: chunked", chunk * 5 + "0\r\n\r\n") == 413

    assert Stamp.objects.count() == 0


def test_a_large_file_lies_on_the_disk_while_it_comes_and_nothing_is_left_of_it(product: Product) -> None:
    shop = open_lume()
    program, note = public_id("prg", shop.publish().program.id), b"x" * 1_000
    file = b"Name;Note\n" + b"".join(b"Guest %d;%b\n" % (number, note) for number in range(12_000))
    headers = {"Authorization": f"Bearer {shop.api_key()}", "Content-Type": "text/csv"}
    address = f"{product.url}/api/v1/imports?dry_run=true&program_id={program}"

    sent: list[bytes | Iterator[bytes]] = [file, iter([file[:5_000_000], file[5_000_000:]])]
    answers = [
        httpx.post(address, content=content, headers={**headers, "Idempotency-Key": str(key)}, timeout=60)
        for key, content in enumerate(sent)
    ]

    assert [answer.status_code for answer in answers] == [202, 202], answers[0].text
    assert [(one.size, bytes(one.digest)) for one in CardImport.objects.all()] == [
        (len(file), sha256(file).digest())
    ] * 2
    assert "Traceback" not in product.log.read_text()


def test_a_file_beyond_the_limit_is_refused_in_the_words_of_a_file(product: Product) -> None:
    headers = {"Content-Type": "text/csv", "Content-Length": str(200 << 20), "Accept-Language": "en"}
    at = urlsplit(product.url)
    lines = [
        f"POST /api/v1/imports HTTP/1.1\r\nHost: {at.netloc}",
        *(f"{name}: {text}" for name, text in headers.items()),
    ]

    with socket.create_connection((at.hostname, at.port), timeout=20) as link:
        link.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = link.recv(65536)

    assert answer.split(b" ")[1] == b"422"
    assert b'"code":"import_file_too_large"' in answer
    assert b"at most 128 MB" in answer
