"""How a command that serves, or changes the data, is stopped: once, and in order."""

import signal
from types import FrameType

LEAVING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def leave_in_order() -> None:
    """From now on each of these signals is a KeyboardInterrupt."""
    for number in LEAVING:
        signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    for other in LEAVING:  # an impatient second Ctrl-C must not cut a clean stop short
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt
