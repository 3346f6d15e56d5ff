"""What answers in Google's place on a bad day: too slow, too much, or somebody else altogether."""

import gzip
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django import Settings

from stampwell.outgoing import Answer, hang_up
from stampwell.outgoing.client import MOST_BYTES
from stampwell.wallet.google import oauth as access
from stampwell.wallet.google.account import google_account
from stampwell.wallet.google.http import GoogleBusy, ask_google, seconds_to_wait
from stampwell.wallet.google.rate import wait_for_turn
from stampwell.wallet.google.rest import GoogleCalls
from tests.doubles.google import Google
from tests.moments import START

pytestmark = pytest.mark.django_db

type Answering = Callable[[BaseHTTPRequestHandler], None]


class Stranger:
    """A web server that answers every POST as it is told to."""

    def __init__(self) -> None:
        self.answering: Answering = lambda _handler: None
        self.released = threading.Event()
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.close_connection = True
                stranger.answering(self)

            def log_message(self, *_said: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def says(self, body: bytes, **headers: str) -> None:
        self.answering = lambda handler: _say(handler, body, headers)

    def drips(self) -> None:
        """A byte every twentieth of a second, until it is released."""

        def drip(handler: BaseHTTPRequestHandler) -> None:
            _begin(handler, 100_000, {})
            while not self.released.wait(0.05):
                handler.wfile.write(b" ")

        self.answering = drip


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    stranger = Stranger()
    thread = threading.Thread(target=stranger.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield stranger
    stranger.released.set()
    stranger.server.shutdown()
    stranger.server.server_close()
    thread.join()
    hang_up()


def _say(handler: BaseHTTPRequestHandler, body: bytes, headers: dict[str, str]) -> None:
    _begin(handler, len(body), headers)
    handler.wfile.write(body)


def _begin(handler: BaseHTTPRequestHandler, length: int, headers: dict[str, str]) -> None:
    handler.send_response(200)
    for name, value in {"Content-Length": str(length), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()


def test_an_answer_that_drips_is_given_up(stranger: Stranger) -> None:
    stranger.drips()

    with pytest.raises(GoogleBusy, match="no answer in time"):
        ask_google("POST", stranger.url, timeout=0.5)


def test_a_huge_answer_is_given_up(stranger: Stranger) -> None:
    stranger.says(b" " * (MOST_BYTES + 1))

    with pytest.raises(GoogleBusy, match="too long an answer"):
        ask_google("POST", stranger.url, timeout=5)


def test_a_packed_answer_is_not_unpacked(stranger: Stranger) -> None:
    packed = gzip.compress(b" " * 50_000_000)
    stranger.says(packed, **{"Content-Encoding": "gzip"})

    assert ask_google("POST", stranger.url, timeout=5).body == packed


@pytest.mark.parametrize("body", [b"<html>Log in to the hotel's network</html>", b"[]", b"[" * 9_000], ids=len)
def test_a_page_of_somebody_else_has_taken_nothing(
    google: Google, stranger: Stranger, settings: Settings, body: bytes
) -> None:
    settings.WALLET_GOOGLE_API = stranger.url
    stranger.says(body)

    with pytest.raises(GoogleBusy, match="not Google’s"):
        GoogleCalls(google_account()).insert("loyaltyClass", {"id": "1.a"})


def test_who_waits_for_the_token_of_another_waits_no_longer_than_asked(google: Google) -> None:
    with access._lock, pytest.raises(GoogleBusy):  # somebody else is asking
        access.access_token(google_account(), timeout=0.1)


def test_a_token_endpoint_that_is_asked_too_often_is_left_alone(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google, "exchange", lambda _form: (429, {}))

    with pytest.raises(GoogleBusy):
        access.access_token(google_account(), timeout=5)

    assert not wait_for_turn(at_most=0.2)


@pytest.mark.parametrize(
    ("given", "least", "most"),
    [
        ("120", 120, 120),
        (format_datetime(START + timedelta(hours=1), usegmt=True), 3600, 3600),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 1, 1),
        ("1.5", 1, 1),
        ("soon", 1, 1),
        ("", 1, 1),
        ("9" * 400, 1, 10**9),
    ],
    ids=["seconds", "date", "past", "half", "word", "nothing", "endless"],
)
def test_google_says_how_long_to_wait(given: str, least: float, most: float) -> None:
    assert least <= seconds_to_wait(Answer(429, {"retry-after": given})) <= most
