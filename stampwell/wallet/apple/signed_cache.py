"""The last signed files, so that the same question gets the same bytes and costs no second signature."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

MOST_BYTES = 32 * 1024 * 1024

_kept: OrderedDict[Hashable, bytes] = OrderedDict()
_lock = Lock()
_bytes = 0


def keep_signed(key: Hashable, make: Callable[[], bytes]) -> bytes:
    """What was made for this key before, else what `make` makes now; the oldest unused ones go."""
    with _lock:
        if (kept := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return kept
    made = make()
    with _lock:
        return _keep(key, made)


def _keep(key: Hashable, made: bytes) -> bytes:
    global _bytes
    if (kept := _kept.get(key)) is not None:
        return kept  # another thread was faster: both answers are its bytes
    _kept[key] = made
    _bytes += len(made)
    while _bytes > MOST_BYTES:
        _bytes -= len(_kept.popitem(last=False)[1])
    return made
