"""A worker process of granian that calls our front in its threads, without an event loop of Python's.

With that loop a request would go from thread to thread four times more. That cost 90 to 100 µs of processor time each;
this costs 5, and 40 with a body. The price is that granian's inner parts are named here, so its version is pinned.
"""

import signal
import threading
from collections.abc import Callable
from typing import Any

from granian._granian import CallbackScheduler, RSGIWorker, WorkerSignal
from granian.server.common import WORKERS_METHODS
from granian.server.mp import WorkerProcess

from stampwell.web_front.asked import Asked
from stampwell.web_front.front import Front

ENDS = {signal.SIGTERM, signal.SIGINT}


class _Scheduler(CallbackScheduler):
    def __init__(self, _loop: object, front: Callable[[Asked], None], *_tasks: None) -> None:
        super().__init__()
        self._schedule_fn = front


class _NoLoop:
    """Stands where granian expects an event loop: what is to be done is done at once, in the thread that says so."""

    def call_soon_threadsafe(self, callback: Callable[..., object], *told: object, context: object = None) -> None:
        callback(*told)

    call_soon = call_soon_threadsafe


@WorkerProcess.wrap_target  # type: ignore[untyped-decorator]
def run_worker(
    number: int,
    front: Front,
    listener: Any,
    pipe: Any,
    _loop: Any,
    mode: Any,
    runtime_threads: int,
    runtime_blocking_threads: int,
    _blocking_threads: int,
    idle_timeout: int,
    backpressure: int,
    _tasks: Any,
    *rest: Any,
) -> None:
    """Serves until it is told to stop. From the first moment it hears that, because nobody but this thread takes the
    signal, and this thread takes it when everything stands.
    """
    http, http1, http2, websockets, files, _log, tls, _scope, metrics = rest
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # before there are other threads; a forked worker has it so already
    end, ended = WorkerSignal(), threading.Event()
    end.add_cb(ended.set)
    make_worker: Any = RSGIWorker  # its description is older than itself
    worker = make_worker(
        number, listener, pipe, runtime_threads, runtime_blocking_threads, front.threads, idle_timeout, backpressure,
        http, http1, http2, websockets, files, *tls, metrics,
    )  # fmt: skip
    loop = _NoLoop()
    serve = getattr(worker, WORKERS_METHODS[mode][False])
    serve(_Scheduler(loop, front, None, None, None), loop, end)
    signal.sigwait(ENDS)
    end.set()
    front.end()
    ended.wait()
