"""A program that receives webhooks, with whatever manners a test wants."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Heard(msgspec.Struct, frozen=True):
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Manner(msgspec.Struct, frozen=True):
    """How it answers. Status 0 hangs up without a word."""

    status: int = 204
    headers: dict[str, str] = {}
    body: bytes = b""


TAKES = Manner()


class Receiver:
    """`manner` is asked for each request; `taken` are those that were answered with a success."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.taken: list[Heard] = []
        self.manner: Callable[[Heard], Manner] = lambda _heard: TAKES
        self.url = ""

    def answer(self, heard: Heard) -> Manner:
        self.heard.append(heard)
        manner = self.manner(heard)
        if 200 <= manner.status < 300:
            self.taken.append(heard)
        return manner

    def always(self, status: int, body: bytes = b"", **headers: str) -> None:
        manner = Manner(status, {name.replace("_", "-"): text for name, text in headers.items()}, body)
        self.manner = lambda _heard: manner


@contextmanager
def receiver() -> Iterator[Receiver]:
    double = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            manner = double.answer(Heard({name.lower(): text for name, text in self.headers.items()}, body))
            if not manner.status:
                self.close_connection = True
                return
            self.send_response(manner.status)
            for name, text in {**manner.headers, "content-length": str(len(manner.body))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(manner.body)

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_arguments: object) -> None:
            """Who asks may be killed."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
