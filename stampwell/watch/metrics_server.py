"""The page for Prometheus, on an address of its own: no proxy leads there, and no visitor of a shop comes there.

Each web process listens at the same address, and the system chooses one of them; any can answer, because what they
count lies in files that they share.
"""

import hashlib
import os
import shutil
import socket
import socketserver
import stat
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path

type Place = tuple[str, int]

PATIENCE = 5.0  # seconds for a request and for its reader
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the name by which the library knows it
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder there is our own, or it is refused


class MetricsTrouble(Exception):
    """The page cannot be shown there; the text says why and what to do now."""


def share_counts(place: Place, data_dir: Path) -> None:
    """Comes once, before the web processes are made and before the library is imported.

    The files lie in memory where that is possible: a disk that is full would break the process that counts.
    """
    _try_to_listen(place)
    base = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else data_dir
    key = hashlib.sha256(f"{data_dir} {place}".encode()).hexdigest()[:16]
    folder = base / f"stampwell-counts-{key}"
    shutil.rmtree(folder, ignore_errors=True)  # what earlier processes counted is over
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _refuse_foreign(folder)
    os.environ[FOLDER] = str(folder)


def forget_counts() -> None:
    """When no web process counts any more."""
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def serve_metrics(place: Place, write_page: Callable[[], bytes]) -> None:
    """From a thread, for as long as the process lives."""
    server = _Server(place, write_page)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def _family(place: Place) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in place[0] else socket.AF_INET


def _try_to_listen(place: Place) -> None:
    """Where somebody else listens already, both would share the requests without noticing."""
    try:
        with socket.socket(_family(place), socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
            trial.listen(1)
    except (OSError, OverflowError) as error:
        raise MetricsTrouble(
            f"Nobody can listen at STAMPWELL_METRICS_ADDRESS {place[0]}:{place[1]} ({error}). "
            "Choose another port, or stop the program that listens there."
        ) from error


def _refuse_foreign(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise MetricsTrouble(f"{folder} belongs to somebody else. Remove it.")


class _Server(socketserver.TCPServer):
    allow_reuse_address = allow_reuse_port = True

    def __init__(self, place: Place, write_page: Callable[[], bytes]) -> None:
        self.address_family, self.write_page = _family(place), write_page
        super().__init__(place, _Page)

    def handle_error(self, *_request: object) -> None:
        """Who went away while reading is no news."""


class _Page(BaseHTTPRequestHandler):
    timeout = PATIENCE
    server_version, sys_version = "Stampwell", ""

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        page = self.server.write_page()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_line: object) -> None:
        """A page that is read four times a minute is no news."""
