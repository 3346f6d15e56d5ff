"""Somebody who is asked over HTTP and behaves as a test says: it writes its own bytes on a bare socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

type Behaviour = Callable[[socket.socket, "Peer"], None]

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Peer:
    """Listens on this machine; each connection is one thread that runs the behaviour."""

    def __init__(self, behaviour: Behaviour, *, host: str = "127.0.0.1") -> None:
        self.behaviour, self.host = behaviour, host
        self.connections = 0
        self.asked: list[bytes] = []  # the heads and what came with them
        self.released = threading.Event()  # whoever waits goes on
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=50)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    def hear(self, stream: socket.socket) -> bytes:
        """One request as far as it has come with its head; nothing once the other side has gone."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            part = stream.recv(65_536)
            if not part:
                return b""
            heard += part
        self.asked.append(heard)
        return heard

    def accept(self) -> None:
        while True:
            try:
                stream, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(stream,), daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, stream: socket.socket) -> None:
        with suppress(OSError), stream:
            self.behaviour(stream, self)


@contextmanager
def peer(behaviour: Behaviour, *, host: str = "127.0.0.1") -> Iterator[Peer]:
    listening = Peer(behaviour, host=host)
    thread = threading.Thread(target=listening.accept, daemon=True)
    thread.start()
    try:
        yield listening
    finally:
        listening.stop()
        thread.join()


def answers(answer: bytes = FINE) -> Behaviour:
    """The same to everything, as long as the connection is kept."""

    def behave(stream: socket.socket, there: Peer) -> None:
        while there.hear(stream):
            stream.sendall(answer)

    return behave


def drips(begin: bytes, drop: bytes) -> Behaviour:
    """A drop every twentieth of a second after the beginning, until it is released."""

    def behave(stream: socket.socket, there: Peer) -> None:
        there.hear(stream)
        stream.sendall(begin)
        while not there.released.wait(0.05):
            stream.sendall(drop)

    return behave


def says_nothing(stream: socket.socket, there: Peer) -> None:
    there.released.wait()
    stream.close()
