"""What granian's event loop calls when a piece of a body has come."""

import threading
from collections.abc import Callable

from stampwell.web_front.asked import Coming


class Callback[Body]:
    """Hands a piece of a body on, once it has come.

    A piece that lay there already calls at once, in the middle of the asking. Then it only notes that, and whoever
    asked takes the piece: so many pieces in a row are taken by a loop, and not by calls within calls.
    """

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
