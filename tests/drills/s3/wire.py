"""A wire to a server that breaks in the middle of whatever is sent through it, as often as wanted."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BLOCK = 65_536


class Wire:
    def __init__(self, port: int, *, breaks_after: int, times: int) -> None:
        self._to, self._breaks_after, self._left = port, breaks_after, times
        self._turn = threading.Lock()
        self.broke = 0
        self._ends: list[socket.socket] = []
        self._carrying: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def close(self) -> None:
        _shut(self._listener)
        self._accepting.join()
        for end in self._ends:
            _shut(end)
        for thread in self._carrying:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                near, _address = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [near, far]
                for ends in ((near, far, True), (far, near, False)):
                    self._carrying.append(threading.Thread(target=self._carry, args=ends))
                    self._carrying[-1].start()

    def _carry(self, source: socket.socket, target: socket.socket, is_sent: bool) -> None:
        carried = 0
        with suppress(OSError):
            while block := source.recv(BLOCK):
                carried += len(block)
                if is_sent and carried > self._breaks_after and self._breaks():
                    break
                target.sendall(block)
        _shut(source)
        _shut(target)

    def _breaks(self) -> bool:
        with self._turn:
            if self._left == 0:
                return False
            self._left, self.broke = self._left - 1, self.broke + 1
            return True


def _shut(end: socket.socket) -> None:
    with suppress(OSError):  # the other side was quicker
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def broken_wire(port: int, *, breaks_after: int, times: int) -> Iterator[Wire]:
    wire = Wire(port, breaks_after=breaks_after, times=times)
    try:
        yield wire
    finally:
        wire.close()
