"""Asks the public address once a day until when its certificate holds; once an hour where it should be a new one.

In a thread of its own: a network that swallows the question holds up nothing. What is read is the day alone, so the
certificate is not checked: that an authority of a shop's own signed it says nothing of its end. `stampwell check` does.
"""

import ssl
import threading
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from stampwell.clock import now
from stampwell.watch.shown_certificate import ShownCertificate, read_shown

EVERY = timedelta(hours=1)  # a look whether it is to be asked
PATIENCE = 10  # seconds
DAILY = timedelta(days=1)


class PublicCertificate:
    """`seen` stays what it was where the address is not reached from here: some networks do not lead back."""

    def __init__(self) -> None:
        self.seen: ShownCertificate | None = None
        self._asked: datetime | None = None
        self._thread: threading.Thread | None = None

    def look(self) -> None:
        """Returns at once."""
        address = urlsplit(settings.BASE_URL)
        is_asking = self._thread is not None and self._thread.is_alive()
        if address.scheme != "https" or is_asking or not self._is_due():
            return
        self._asked = now()
        self._thread = threading.Thread(target=self._ask, args=[address], name="certificate", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        if self._thread is not None:
            self._thread.join(seconds)

    def _is_due(self) -> bool:
        seen, at = self.seen, now()
        is_late = seen is not None and seen.ends - at <= seen.renewal_time
        # What was asked while a clock was ahead says nothing.
        return self._asked is None or is_late or not timedelta() <= at - self._asked < DAILY

    def _ask(self, address: SplitResult) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            self.seen = read_shown(address, context, patience=PATIENCE)
        except (OSError, ValueError):  # nobody answers, or with what is no certificate: `stampwell check` tells
            return


_ours = PublicCertificate()


def ask_public_certificate() -> None:
    _ours.look()


def public_certificate() -> ShownCertificate | None:
    """As this worker saw it last; None where it never did."""
    return _ours.seen
