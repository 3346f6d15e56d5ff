"""The worker's part: looks for mail that is due, and sends it in a thread of its own.

So a mail server that hangs holds up mail and nothing else. The thread and its connection to the database are there only
while there is something to send.
"""

import logging
import threading
import time
from datetime import timedelta

from django.db import connection

from stampwell.mail.sending import is_any_due, send_due
from stampwell.transactions.outages import OUTAGES, tell_outage

EVERY = timedelta(seconds=1)
# Seconds without any mail, after the server let none through once, twice …; one that goes begins them anew.
RESTS = (10.0, 30.0, 60.0, 120.0, 300.0)

log = logging.getLogger(__name__)


class Postman:
    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._in_vain = 0
        self._rests_until = 0.0

    def look(self) -> None:
        """Returns at once, whatever the mail server does."""
        is_out = self._thread is not None and self._thread.is_alive()
        if is_out or time.monotonic() < self._rests_until or not is_any_due():
            return
        self._thread = threading.Thread(target=self._go, name="mail", daemon=True)
        self._thread.start()

    def stop(self, *, patience: float) -> None:
        """No further mail is begun. One that is cut off here is sent again later, perhaps a second time."""
        self._stopping.set()
        self.wait(patience)

    def wait(self, seconds: float) -> None:
        """Until what was due when it looked has gone, or not."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _go(self) -> None:
        try:
            done = send_due(stopping=self._stopping)
            if done.taken:
                self._in_vain = 0
            if done.is_shut:
                self._rests_until = time.monotonic() + RESTS[min(self._in_vain, len(RESTS) - 1)]
                self._in_vain += 1
        except OUTAGES as lost:
            tell_outage(lost)
        except Exception:
            log.exception("Mail could not be sent")
        finally:
            connection.close()
