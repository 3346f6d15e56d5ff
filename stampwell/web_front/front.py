"""What becomes of a request: its body is awaited, its turn comes, it is answered; or it is turned away.

A few paths are answered aside: at once, whoever else waits for a turn.
"""

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from granian.rsgi import Scope

from stampwell.web_front.answers import Answer, Application, answer, give
from stampwell.web_front.asked import Asked
from stampwell.web_front.bodies import Bodies, Reason
from stampwell.web_front.environ import Environ, header, make_environ, peer_of
from stampwell.web_front.held import Whole
from stampwell.web_front.turns import Turns

WAITING = 256  # requests of a process that wait for their turn
SAY_AGAIN = 10.0  # seconds

type Give = Callable[[Answer], None]
type Seen = Callable[[Scope, int, float | None], None]

log = logging.getLogger(__name__)


class Front:
    def __init__(
        self,
        application: Application,
        *,
        threads: int,
        longest: Callable[[str, str], int],
        turn_away: Callable[[Environ, Reason], Answer],
        visitor: Callable[[str, str], str],
        folder: Path,
        seen: Seen,
        aside: Mapping[str, Callable[[Give], None]],
    ) -> None:
        """`longest` tells how many bytes the body of a request to this path may have, being of this type; `visitor` who
        asks, from the address of the connection and the header X-Forwarded-For. Large bodies lie in `folder` while they
        are here.

        `seen` is told the status of each answer, and how many seconds it took from the last byte of the request on
        unless it was turned away. What stands under a path in `aside` must not wait; it may answer from another thread.
        """
        self.threads = threads + 1
        self._seen, self._aside = seen, aside
        self._application, self._longest, self._turn_away, self._visitor = application, longest, turn_away, visitor
        self._said = -SAY_AGAIN
        self._turns = Turns(threads, most_waiting=WAITING)
        self._bodies = Bodies(self._take, self._refuse, folder=folder)

    def __call__(self, asked: Asked) -> None:
        """Called in one of granian's threads for each request, as soon as its head has come."""
        try:
            scope = asked.scope
            if (tell := self._aside.get(scope.path)) and scope.method in ("GET", "HEAD"):
                tell(partial(_give_aside, asked))
                return
            headers = scope.headers
            if "transfer-encoding" in headers:
                self._expect(asked, None)
            elif length := int(headers.get("content-length", "0")):
                self._expect(asked, length)
            else:
                self._take(asked, b"")
        except Exception:
            log.exception("A request could not be begun")
            asked.done()

    def end(self) -> None:
        """Waits for no sender any more."""
        self._bodies.end()

    def _expect(self, asked: Asked, length: int | None) -> None:
        scope = asked.scope
        longest = self._longest(scope.path, scope.headers.get("content-type", ""))
        self._bodies.expect(asked, self._who(asked), length=length, longest=longest)

    def _who(self, asked: Asked) -> str:
        return self._visitor(peer_of(asked.scope), header(asked.scope, "x-forwarded-for"))

    def _take(self, asked: Asked, body: Whole) -> None:
        if not self._turns.take(partial(self._answer, asked, body, time.perf_counter()), partial(self._who, asked)):
            self._bodies.forget(body)
            self._refuse(asked, Reason.BUSY)

    def _answer(self, asked: Asked, body: Whole, begun: float) -> None:
        status = 500
        try:
            status = answer(self._application, make_environ(asked.scope, body), asked.proto)
        except BaseException:
            log.exception("A request could not be answered")
        finally:
            if body:
                self._bodies.forget(body)
            asked.done()
            self._note(asked.scope, status, time.perf_counter() - begun)

    def _refuse(self, asked: Asked, reason: Reason) -> None:
        if reason is Reason.BUSY:
            self._say_busy()
        status = 500
        try:
            refused = self._turn_away(make_environ(asked.scope, b""), reason)
            give(refused, asked.proto)
            status = refused.status
        except Exception:
            log.exception("A request could not be turned away")
        finally:
            asked.done()
            self._note(asked.scope, status, None)

    def _note(self, scope: Scope, status: int, seconds: float | None) -> None:
        """Whatever becomes of that, the next request has its turn."""
        try:
            self._seen(scope, status, seconds)
        except Exception:
            log.exception("An answer could not be counted")

    def _say_busy(self) -> None:
        """Once for many: who is turned away by the thousand must not fill the log as well."""
        now = time.monotonic()
        if now - self._said > SAY_AGAIN:
            self._said = now
            log.error("More requests come than can be answered: some are sent away")


def _give_aside(asked: Asked, told: Answer) -> None:
    try:
        give(told, asked.proto)
    finally:
        asked.done()
