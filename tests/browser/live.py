"""The product for a browser, in the test's own process: files out of memory, pages from threads that stay.

Django's server for tests looks for each file anew, sends an answer in five pieces of which the browser acknowledges
each, and gives every connection of a browser a thread, which opens a connection to the database for its pages.
"""

import mimetypes
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Condition
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.servers.basehttp import WSGIServer
from django.db import connections
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from pytest_django.live_server_helper import LiveServer

THREADS = 6  # as many as a browser opens connections
PATIENCE = 20.0  # seconds

type StartResponse = Callable[..., Any]
type Answer = Iterable[bytes]
type Application = Callable[[dict[str, Any], StartResponse], Answer]


class Door:
    """What all requests come through. It is open while a test runs, and knows how many are inside."""

    def __init__(self, product: Application) -> None:
        self.product = product
        self._threads = ThreadPoolExecutor(THREADS)
        self._files: dict[str, tuple[list[tuple[str, str]], bytes]] = {}
        self._inside, self.is_open = 0, False
        self._changed = Condition()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Answer:
        path = environ["PATH_INFO"]
        if path.startswith(settings.STATIC_URL) and (file := self._file(path)):
            start_response("200 OK", list(file[0]))
            return [file[1]]
        if not self._is_entered():
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        return self._threads.submit(self._answer, environ, start_response).result()

    def open(self) -> None:
        with self._changed:
            self.is_open = True

    def shut(self) -> None:
        """Returns when nobody is inside. A page that was closed leaves its last request behind."""
        with self._changed:
            self.is_open = False
            assert self._changed.wait_for(lambda: not self._inside, PATIENCE), "the server does not come to rest"

    def leave(self) -> None:
        all_threads = Barrier(THREADS)

        def close() -> None:
            all_threads.wait(PATIENCE)
            connections.close_all()

        for closed in [self._threads.submit(close) for _thread in range(THREADS)]:
            closed.result()
        self._threads.shutdown()

    def _file(self, path: str) -> tuple[list[tuple[str, str]], bytes] | None:
        if path not in self._files:
            found = find(path.removeprefix(settings.STATIC_URL))
            if not isinstance(found, str):
                return None
            body = Path(found).read_bytes()
            kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "max-age=86400"}
            self._files[path] = list(headers.items()), body
        return self._files[path]

    def _is_entered(self) -> bool:
        with self._changed:
            self._inside += self.is_open
            return self.is_open

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Answer:
        try:
            response = self.product(environ, start_response)
            try:
                return [b"".join(response)]
            finally:
                if close := getattr(response, "close", None):
                    close()
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()


class _InOnePiece(QuietWSGIRequestHandler):
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        super().handle_one_request()
        self.wfile.flush()


class _Thread(LiveServerThread):
    door: Door

    def __init__(self, host: str) -> None:
        super().__init__(host, self._make_door, {})  # type: ignore[arg-type]

    def _make_door(self, product: Application) -> Door:
        self.door = Door(product)
        return self.door

    def _create_server(self, connections_override: dict[str, Any] | None = None) -> WSGIServer:
        return self.server_class(
            (self.host, self.port),
            _InOnePiece,
            allow_reuse_address=False,
            connections_override=connections_override,
        )


class Live(LiveServer):
    """As pytest-django's, with its `door`."""

    def __init__(self, address: str) -> None:
        super().__init__(address, start=False)
        self.thread = self._thread = _Thread(self.thread.host)
        self.thread.daemon = True
        self.start()

    @property
    def door(self) -> Door:
        return self._thread.door

    def stop(self) -> None:
        super().stop()
        self.door.leave()
