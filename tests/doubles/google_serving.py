"""Google's door: HTTP/2 over TLS as Google has it, or plain HTTP/1.1 as a proxy may make of it."""

import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from h2.errors import ErrorCodes

from tests.doubles.google import Answered, Google
from tests.doubles.http2 import Http2Server, Request, Talk, server_context

JSON = ("content-type", "application/json")


@cache
def _shared_key() -> rsa.RSAPrivateKey:
    """Making one takes a tenth of a second, more than the rest of such a test."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@contextmanager
def google_running(folder: Path) -> Iterator[tuple[Google, Http2Server]]:
    google = Google(folder / "service-account.json", _shared_key())
    google.ca, context = server_context(folder, "google-double")
    server = Http2Server(context, lambda stream: _GoogleTalk(google, stream))
    google.url = f"https://127.0.0.1:{server.start()}"
    _hand_out_account(google)
    try:
        yield google, server
    finally:
        server.stop()


@contextmanager
def google_running_over_http1(folder: Path) -> Iterator[Google]:
    google = Google(folder / "service-account.json", _shared_key())
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(google))
    google.url = f"http://127.0.0.1:{server.server_port}"
    _hand_out_account(google)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield google
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _GoogleTalk(Talk):
    def __init__(self, google: Google, stream: ssl.SSLSocket) -> None:
        super().__init__(stream, streams=100)
        self.google = google

    def answer(self, number: int, request: Request) -> None:
        said = request.headers
        answered = self.google.respond(
            said[":method"], said[":path"], _token(said.get("authorization", "")), request.body
        )
        match answered.ending:
            case "lost" | "unanswered":
                self.cut()
            case "goaway":
                self.go_away(max(0, number - 2))
            case "reset":
                self.http.reset_stream(number, ErrorCodes.REFUSED_STREAM)
            case "last":
                self._say(number, answered)
                self.go_away(number)
            case _:
                self._say(number, answered)

    def _say(self, number: int, answered: Answered) -> None:
        self.send(number, answered.status, json.dumps(answered.body).encode(), [JSON, *answered.headers])


def _handler(google: Google) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"] or 0))
            token = _token(self.headers.get("Authorization", ""))
            self._say(google.respond(self.command, self.path, token, content))

        do_GET = do_PATCH = do_PUT = do_POST

        def _say(self, answered: Answered) -> None:
            assert not answered.ending, "only HTTP/2 ends like this"
            content = json.dumps(answered.body).encode()
            try:
                self.send_response(answered.status)
                for name, value in (JSON, *answered.headers, ("content-length", str(len(content)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # who asked is gone

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _token(authorization: str) -> str:
    return authorization.removeprefix("Bearer ")


def _hand_out_account(google: Google) -> None:
    pem = google.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    account = {
        "type": "service_account",
        "client_email": "wallet@lume.iam.gserviceaccount.com",
        "private_key": pem.decode(),
        "private_key_id": os.urandom(20).hex(),
        "token_uri": f"{google.url}/token",
    }
    google.account.write_text(json.dumps(account))
