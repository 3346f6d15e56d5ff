"""The id of a request: it stands in every line of the log that the request leads to, and in a header of its answer.

A trusted proxy may have given it one already, and then the lines of both logs can be put side by side.
"""

import os
from typing import Any

from stampwell.log_lines import WELL_FORMED, current_request

HEADER = "X-Request-ID"
_SAID = "HTTP_X_REQUEST_ID"  # nobody but a trusted proxy says it: `proxies` drops it otherwise


def begin_request(environ: dict[str, Any]) -> str:
    """Comes after `see_through_proxies`."""
    said = environ.get(_SAID, "")
    request = said if said and WELL_FORMED.fullmatch(said) else os.urandom(8).hex()
    current_request.set(request)
    return request


def end_request() -> None:
    """What the thread writes afterwards belongs to no request."""
    current_request.set("")
