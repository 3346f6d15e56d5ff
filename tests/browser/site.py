"""A tiny local server for pages that need no Django: our static files and a few answers, under the strict policy."""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

STATIC = Path(__file__).resolve().parents[2] / "stampwell" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass
class Answer:
    body: str | bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    method: str
    path: str
    body: bytes
    headers: dict[str, str]


# An answer, or a function that makes it from the request.
Pages = dict[str, Answer | Callable[[Asked], Answer]]


@contextmanager
def serve(pages: Pages, *, scans: bool = False) -> Iterator[str]:
    """The address of a server with these pages; `scans` adds what only pages with a camera may have.

    It has them until others are served: a page that is still open may ask for something.
    """
    server = _server()
    server.pages, server.policy = pages, POLICY.format(scripts=" 'wasm-unsafe-eval'" if scans else "")
    yield f"http://127.0.0.1:{server.server_address[1]}"


class _Server(ThreadingHTTPServer):
    pages: Pages
    policy: str


@cache
def _server() -> _Server:
    """One for all tests: each has a browser profile of its own, which knows nothing of the last one."""
    server = _Server(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024  # an answer goes out in one piece
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        asked = self.asked()
        answer = _static(asked.path) or self.server.pages.get(asked.path) or Answer("", status=404)
        self.send(answer(asked) if callable(answer) else answer)

    def asked(self) -> Asked:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return Asked(self.command, self.path.split("?")[0], body, dict(self.headers))

    def send(self, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Security-Policy", self.server.policy)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Silent: the test says what went wrong."""


@cache
def _static(path: str) -> Answer | None:
    file = STATIC / path.removeprefix("/static/")
    if not path.startswith("/static/") or not file.is_file():
        return Answer("", status=HTTPStatus.NO_CONTENT) if path == "/favicon.ico" else None
    kind = {".js": "text/javascript", ".wasm": "application/wasm"}.get(file.suffix)
    kind = kind or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Answer(file.read_bytes(), kind, headers={"Cache-Control": "max-age=86400"})
