"""A tiny local server for pages that need no Django: our static files and a few answers, under the strict policy."""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    """The address of a server with these pages; `scans` adds what only pages with a camera may have."""
    policy = POLICY.format(scripts=" 'wasm-unsafe-eval'" if scans else "")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(pages, policy))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(pages: Pages, policy: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def answer(self) -> None:
            asked = self.asked()
            answer = _static(asked.path) or pages.get(asked.path) or Answer("", status=404)
            self.send(answer(asked) if callable(answer) else answer)

        def asked(self) -> Asked:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            return Asked(self.command, self.path.split("?")[0], body, dict(self.headers))

        def send(self, answer: Answer) -> None:
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent: the test says what went wrong."""

    return Handler


def _static(path: str) -> Answer | None:
    file = STATIC / path.removeprefix("/static/")
    if not path.startswith("/static/") or not file.is_file():
        return Answer("", status=204) if path == "/favicon.ico" else None
    kind = {".js": "text/javascript", ".wasm": "application/wasm"}.get(file.suffix)
    return Answer(file.read_bytes(), kind or mimetypes.guess_type(file.name)[0] or "application/octet-stream")
