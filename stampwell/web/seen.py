"""What is noted of each request once it is answered: a line in the log, where somebody wants one."""

import logging

from django.conf import settings

log = logging.getLogger("stampwell.requests")


def note_request(method: str, path: str, status: int, seconds: float | None) -> None:
    """`seconds` is None for a request that the front of the web server turned away."""
    if settings.LOG_REQUESTS:
        _write_down(method, path, status, seconds)


def _write_down(method: str, path: str, status: int, seconds: float | None) -> None:
    """Without the query, which may hold what somebody typed, and without who it was."""
    shown = path if path.isprintable() else ascii(path)  # nobody writes a line of the log but us
    milliseconds = round((seconds or 0.0) * 1000, 1)
    facts = {"method": method, "path": shown, "status": status, "milliseconds": milliseconds}
    log.info("%s %s %s %s ms", method, shown, status, milliseconds, extra={"facts": facts})
