"""Notices that the certificate was renewed, and whether what lies there now can be used."""

import time
from collections.abc import Callable
from datetime import timedelta

from stampwell.clock import now
from stampwell.findings import Level, worst_of
from stampwell.management.tls_files import Pair

EVERY = timedelta(minutes=1)


class Renewal:
    """Asks the files once a minute, and at once when told to."""

    def __init__(self, pair: Pair | None, say: Callable[[str], object]) -> None:
        self._pair, self._say = pair, say
        self._seen = pair.written() if pair else ()
        self._asked = False
        self._next = time.monotonic() + EVERY.total_seconds()

    def ask(self) -> None:
        """From a signal handler: only notes it down."""
        self._asked = True

    def is_due(self) -> bool:
        """Whether the web server is to read the files anew. A broken pair is told and left: the old one goes on."""
        if not (self._asked or time.monotonic() >= self._next):
            return False
        asked, self._asked = self._asked, False
        self._next = time.monotonic() + EVERY.total_seconds()
        if self._pair is None:
            return False
        written = self._pair.written()
        if written == self._seen and not asked:
            return False
        self._seen = written
        return self._is_usable(self._pair)

    def _is_usable(self, pair: Pair) -> bool:
        from stampwell.management.certificate import look_at_pair

        bad = [finding for finding in look_at_pair(pair, "", now()) if finding.level is Level.RED]
        if worst_of(bad):
            self._say(f"{bad[0].text} The certificate that was read before stays in use.")
            return False
        self._say("The certificate is read anew.")
        return True
