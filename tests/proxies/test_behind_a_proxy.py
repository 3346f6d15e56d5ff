"""Caddy and nginx with the files that we ship: what people do and outsiders try arrives as without them."""

import hashlib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.test import Client

from stampwell.ids import public_id
from stampwell.languages.catalogues import translated_locales
from stampwell.requests.models import Attempt
from stampwell.wallet.apple.assembly import MEDIA_TYPE
from tests.certificates import Chain
from tests.proxies.running import Proxy, quiet_port, running_proxy
from tests.serving import free_port
from tests.wallet.packages import open_pass
from tests.web.customer import path_of
from tests.web.signing_in import sign_in
from tests.world import Shop, open_lume

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.machine_clock]
SIGN_IN = "/accounts/login/"
ME = "/api/v1/me"  # may be asked as often as one likes
FORGED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http", "X-Real-IP": "203.0.113.8"}
MEGABYTE = 1 << 20
SLOW = 64
LARGE_FILE = "/static/vendor/zxing/zxing_reader.wasm"


@pytest.fixture
def people(proxy: Proxy) -> Iterator[httpx.Client]:
    with proxy.client(http2=True, headers={"Accept-Language": "en"}) as client:
        yield client


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    """Under a name of its own: the product remembers whose a name is, and serves several tests."""
    return open_lume(f"Lume {uuid4().hex[:8]}")


def test_the_chain_is_shown_and_http_2_is_spoken(people: httpx.Client, proxy: Proxy) -> None:
    assert people.get(SIGN_IN).http_version == "HTTP/2"
    with proxy.client() as plain:
        assert plain.get(SIGN_IN).http_version == "HTTP/1.1"
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(proxy.url)


@pytest.mark.parametrize("path", ["/", "/j/cafe-lume/?program=coffee&lang=lv", "/wallet/apple/x/v1/log"])
def test_http_is_sent_to_https(proxy: Proxy, path: str) -> None:
    for ask in (httpx.get, httpx.post):
        answer = ask(proxy.plain + path)

        assert (answer.status_code, answer.headers["Location"]) == (308, proxy.url + path)


def test_a_page_knows_that_it_came_by_https(people: httpx.Client) -> None:
    answer = people.get(SIGN_IN, headers=FORGED)

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "__Host-csrf" in answer.cookies
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["X-Request-ID"].replace("-", "").isalnum()


def test_a_visitor_counts_as_who_they_are_and_not_as_whom_they_name(proxy: Proxy, shop: Shop) -> None:
    elsewhere = httpx.HTTPTransport(
        local_address="127.0.0.2", verify=ssl.create_default_context(cafile=str(proxy.root))
    )
    with httpx.Client(base_url=proxy.url, transport=elsewhere, headers=FORGED) as visitor:
        assert visitor.post(f"/wallet/apple/{shop.merchant.slug}/v1/log", json={"logs": ["a"]}).status_code == 200

    assert [row.name for row in Attempt.objects.filter(name__startswith="pass-log:")] == ["pass-log:127.0.0.2"]


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/programs/new/", 2 * MEGABYTE, 302),  # to the page where one signs in
        ("/programs/new/", 3 * MEGABYTE + 1, 413),
        ("/programs/new/", 12 * MEGABYTE, 413),  # a picture as a phone takes it
        (SIGN_IN, 256 * 1024 + 1, 413),
    ],
)
def test_what_is_too_large_is_told_in_our_own_words(proxy: Proxy, path: str, size: int, status: int) -> None:
    form = "multipart/form-data; boundary=x" if path != SIGN_IN else "application/x-www-form-urlencoded"
    with proxy.client(headers={"Content-Type": form, "Accept-Language": "lv"}) as people:
        answer = people.post(path, content=b"x" * size)

    assert answer.status_code == status
    if status == 413:
        assert '<html lang="lv"' in answer.text
        assert "X-Request-ID" in answer.headers


def test_who_sends_byte_by_byte_keeps_nobody_waiting(proxy: Proxy, people: httpx.Client) -> None:
    host = httpx.URL(proxy.url).netloc.decode()
    head = f"POST {SIGN_IN} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: 9000\r\n\r\n"
    with ExitStack() as held:
        for number in range(SLOW):
            connection = held.enter_context(proxy.connect())
            connection.sendall(head.encode() + b"x" if number % 2 else head.encode()[:-2])

        assert [people.get(ME).status_code for _time in range(20)] == [401] * 20


def test_pages_are_compressed_once_and_large_files_arrive_whole(people: httpx.Client, proxy: Proxy) -> None:
    page = people.get(SIGN_IN, headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert "</html>" in page.text
    assert "Content-Encoding" not in people.get(SIGN_IN, headers={"Accept-Encoding": "identity"}).headers

    through, straight = people.get(LARGE_FILE), httpx.get(proxy.backend + LARGE_FILE)
    assert len(straight.content) > 500_000
    assert hashlib.sha256(through.content).digest() == hashlib.sha256(straight.content).digest()


def test_passes_and_posters_arrive_whole(people: httpx.Client, shop: Shop) -> None:
    offer = shop.publish()
    answer = people.get(f"{path_of(offer.card())}/apple")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, MEDIA_TYPE)
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    opened = open_pass(answer.content)
    assert all(hashlib.sha1(opened.files[name]).hexdigest() == digest for name, digest in opened.manifest.items())

    owner = Client()
    sign_in(owner, shop.owner)
    cookie = {"Cookie": f"__Host-session={owner.cookies[settings.SESSION_COOKIE_NAME].value}"}
    poster = f"/programs/{public_id('prg', offer.program.id)}/poster-ja.pdf"
    printed = people.get(poster, headers=cookie)  # each has the second in it at which it was drawn
    assert printed.content.startswith(b"%PDF")
    assert printed.content.rstrip().endswith(b"%%EOF")
    assert int(printed.headers["Content-Length"]) == len(printed.content)
    assert "Content-Encoding" not in printed.headers


def test_a_connection_is_kept(proxy: Proxy) -> None:
    head = f"HEAD {ME} HTTP/1.1\r\nHost: {httpx.URL(proxy.url).netloc.decode()}\r\n\r\n"
    with proxy.connect() as connection:
        for _time in range(20):
            connection.sendall(head.encode())
            assert connection.recv(65_536).startswith(b"HTTP/1.1 401")


def test_what_says_how_the_server_is_passes_through(people: httpx.Client) -> None:
    answer = people.get("/health/ready")

    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


def test_an_address_that_is_not_ours_is_not_served(proxy: Proxy, people: httpx.Client) -> None:
    with proxy.client() as plain:
        assert "Sign in" not in plain.get(SIGN_IN, headers={"Host": "evil.example"}).text


def test_while_nobody_answers_people_are_asked_to_come_again(program: str, tmp_path: Path, chain: Chain) -> None:
    address, listen = f"https://localhost:{quiet_port()}", f"127.0.0.1:{free_port()}"
    with (
        running_proxy(program, tmp_path, address=address, listen=listen, chain=chain) as proxy,
        proxy.client() as people,
    ):
        answer = people.get("/c/lume/x")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert (answer.headers["Cache-Control"], answer.headers["Content-Type"]) == (
        "no-store",
        "text/plain; charset=utf-8",
    )
    assert len(answer.text.splitlines()) == 1 + len(translated_locales())
