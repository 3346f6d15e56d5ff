"""A database may hang instead of failing: its machine is frozen, or a cable is pulled. Then nobody is told anything."""

import threading
from collections.abc import Callable

from django.db import OperationalError, connection


class NoAnswer(OperationalError):
    """It may still come; it is waited for no longer."""


class Patient[Found]:
    """Calls what asks the database, in a thread of its own. While that hangs, it is not called again."""

    def __init__(self, ask: Callable[[], Found], *, seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self._hangs = threading.Lock()

    def __call__(self) -> Found:
        """Raises what `ask` raises, and NoAnswer."""
        if not self._hangs.acquire(blocking=False):
            raise NoAnswer("it has not answered yet")
        found: list[Found] = []
        failed: list[BaseException] = []
        thread = threading.Thread(target=self._find, args=[found, failed], name="patient", daemon=True)
        thread.start()
        thread.join(self._seconds)
        if failed:
            raise failed[0]
        if not found:
            raise NoAnswer(f"no answer in {self._seconds:g} seconds")
        return found[0]

    def _find(self, found: list[Found], failed: list[BaseException]) -> None:
        try:
            found.append(self._ask())
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()
            self._hangs.release()
