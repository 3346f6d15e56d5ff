"""The router of a shop: all that its devices say goes through it, and it fails as routers do."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Literal

from tests.serving import free_port

# How it is: it works; it cuts what is open and lets nobody in; it swallows everything; requests arrive and their
# answers are lost.
State = Literal["up", "down", "silent", "deaf"]
FAILURES: tuple[State, ...] = ("down", "silent", "deaf")


class Router:
    """Carries connections to a server on this machine. `struck` counts what each kind of failure has really hit."""

    def __init__(self, server_port: int) -> None:
        self.port = free_port()
        self.struck: Counter[State] = Counter()
        self.server_port = server_port
        self._state: State = "up"
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def become(self, state: State) -> None:
        """From now on. What was swallowed meanwhile does not come any more: its connections end."""
        asyncio.run_coroutine_threadsafe(self._become(state), self._loop).result()

    async def _become(self, state: State) -> None:
        was, self._state = self._state, state
        if state == "down" or was in ("silent", "deaf"):
            for writer in self._open:
                writer.transport.abort()
            self.struck[was if state == "up" else state] += len(self._open)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._state == "down":
            self.struck["down"] += 1
            writer.transport.abort()
            return
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        both = {writer, server_writer}
        self._open |= both
        try:
            there = self._pass_on(reader, server_writer, "silent")
            back = self._pass_on(server_reader, writer, "silent", "deaf")
            await asyncio.gather(there, back)
        finally:
            self._open -= both

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *swallowing: State) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                if self._state in swallowing:
                    self.struck[self._state] += 1
                else:
                    writer.write(piece)
                    await writer.drain()
        writer.close()


@contextmanager
def routed(server_port: int) -> Iterator[Router]:
    """A router that works, before that server."""
    router = Router(server_port)
    loop = router._loop
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.start_server(router._carry, "127.0.0.1", router.port)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    try:
        yield router
    finally:
        loop.call_soon_threadsafe(server.close)
        router.become("down")
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
