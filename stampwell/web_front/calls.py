import threading
from collections.abc import Callable

from stampwell.web_front.asked import Coming


class Call[Body]:
    """Told that a piece has come. Where that is at once, inside of the asking, whoever asked goes on by a loop."""

    __slots__ = ("_asks", "_body", "_came", "_here")

    def __init__(self, came: Callable[[Body, Coming], None], body: Body) -> None:
        self._came, self._body = came, body
        self._asks, self._here = threading.get_ident(), False

    def __call__(self, coming: Coming) -> None:
        if self._asks == threading.get_ident():
            self._here = True
        else:
            self._came(self._body, coming)

    def was_here(self) -> bool:
        self._asks = 0
        return self._here
