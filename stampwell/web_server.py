"""The web server: `python -m stampwell.web_server 127.0.0.1:8000`.

On Linux everything is loaded once, before the workers are forked from this process: they start at once, no visitor
waits for what is imported late, and they share the memory that none of them changes.
"""

import argparse
import copy
import gc
import importlib
import logging
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import django
from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels

from stampwell.environment import EnvironmentTrouble, Place, place_of
from stampwell.management.starting import prepare_to_serve
from stampwell.management.tls_files import read_pair
from stampwell.watch.metrics_server import MetricsTrouble, forget_counts, share_counts
from stampwell.web.proxies import why_visitors_look_alike
from stampwell.web_front.workers import ENDS, run_worker

WORKERS = 2
LAST_WAIT = 20  # seconds for the answers that workers are still giving; the longest statement may take fifteen
CONNECTIONS = 4096  # of a worker, those that say nothing among them; more have to wait
HEADERS = 64 * 1024  # bytes of the head of a request
HEADERS_TIME = 10_000  # milliseconds for the whole head of a request; a kept connection may be silent for as long

log = logging.getLogger(__name__)


def main() -> None:
    options = _read_options()
    host, port = options.address
    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    _allow_files(2 * CONNECTIONS)
    if sys.platform == "linux":
        _load()
    if options.prepare:
        _prepare(clock_is_right=options.clock_is_right)
    pair = read_pair(os.environ)
    if pair is None and (told := why_visitors_look_alike()):
        log.warning(told)
    if settings.METRICS_ADDRESS:
        _share_counts(settings.METRICS_ADDRESS)
    server = Granian(
        "stampwell.wsgi:front",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=WORKERS,
        # Only with this one version of HTTP does the time for the head begin with the connection.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_TIME, max_buffer_size=HEADERS),
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=LAST_WAIT,
        log_level=LogLevels.warning,
        log_dictconfig=log_settings(),
        ssl_cert=pair.certificate if pair else None,
        ssl_key=pair.key if pair else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    if sys.platform == "linux":
        _listen_for_signals(server.signal_handler_interrupt, server.signal_handler_reload)
    server.serve(run_worker)
    if settings.METRICS_ADDRESS:
        forget_counts()


def log_settings() -> dict[str, Any]:
    """The server's own lines go where all others go, and what hides the secrets there hides theirs."""
    ours: dict[str, Any] = copy.deepcopy(settings.LOGGING)
    ours["loggers"] |= {"_granian": {}, "granian.access": {}}
    return ours


def _share_counts(place: Place) -> None:
    try:
        share_counts(place, settings.DATA_DIR)
    except MetricsTrouble as trouble:
        sys.exit(str(trouble))


def _allow_files(wanted: int) -> None:
    """Each connection is an open file, and many systems allow a program only a thousand unless it asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _load() -> None:
    """All but `stampwell.wsgi`, which starts a thread: no thread survives a fork."""
    multiprocessing.set_start_method("fork")  # which Python 3.14 no longer takes by itself
    django.setup()
    for pages in ("stampwell.urls", "stampwell.web.api.urls", "stampwell.web.api.fast_lane"):
        importlib.import_module(pages)
    for middleware in settings.MIDDLEWARE:
        import_string(middleware)
    _ = get_resolver().reverse_dict
    gc.collect()
    gc.freeze()  # a collection would write into the shared memory, and every worker would get its own copy


def _prepare(*, clock_is_right: bool) -> None:
    """In a child, which has what is loaded here, and whose connection and settings no web process sees."""
    child = multiprocessing.Process(target=prepare_to_serve, kwargs={"clock_is_right": clock_is_right})
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(1)


def _listen_for_signals(stop: Callable[[], object], renew: Callable[[], object]) -> None:
    """Listens in a thread: in a signal handler `stop` would take a lock that the interrupted thread may hold.

    A worker is forked with the signals held back, and takes them when it is able to stop (`web_front.workers`). New
    workers read the certificate anew; the old ones give their answers first.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {*ENDS, signal.SIGHUP})

    def listen() -> None:
        while signal.sigwait({*ENDS, signal.SIGHUP}) == signal.SIGHUP:
            renew()
        while True:  # granian may forget it while it replaces a worker that has died
            stop()
            time.sleep(1)

    Thread(target=listen, daemon=True).start()


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stampwell.web_server", description="Serves Stampwell over HTTP.")
    parser.add_argument("address", metavar="HOST:PORT", type=_read_address)
    parser.add_argument("--prepare", action="store_true", help="make database and files ready before")
    parser.add_argument("--clock-is-right", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _read_address(text: str) -> Place:
    try:
        return place_of(text, "HOST:PORT")
    except EnvironmentTrouble as trouble:
        raise argparse.ArgumentTypeError(str(trouble)) from None


if __name__ == "__main__":
    main()
