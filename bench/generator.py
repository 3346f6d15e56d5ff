"""Sends requests that were made beforehand over kept-open connections, as fast as they are answered.

For a machine without a C compiler; `generator.c` does the same, takes the same arguments and writes the same
files. A process of its own that imports nothing but the standard library and reads of an answer only what it must:
it shares the machine with what it measures.
"""

import asyncio
import json
import statistics
import sys
import time
from functools import partial


class Slice:
    """What all connections share: the requests still to be sent, and what was answered."""

    def __init__(self, requests: list[bytes], first: int, ends: float, wanted: bytes) -> None:
        self.requests, self.next, self.ends, self.wanted = requests, first, ends, wanted
        self.answers: list[tuple[int, bytes, str]] = []  # request, status, what was looked for in the answer
        self.times: list[float] = []
        self.last = 0.0


class Connection(asyncio.Protocol):
    def __init__(self, shared: Slice, gone: asyncio.Event) -> None:
        self.shared, self.gone = shared, gone
        self.received = b""
        self.number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        shared, at = self.shared, time.perf_counter()
        if at >= shared.ends or shared.next >= len(shared.requests):
            self.number = -1
            self.transport.close()
            return
        self.number = shared.next
        shared.next += 1
        self.sent = at
        self.transport.write(shared.requests[self.number])

    def data_received(self, data: bytes) -> None:
        data = self.received + data if self.received else data
        head = data.find(b"\r\n\r\n") + 4
        if head < 4 or not is_whole(data, head):
            self.received = data
            return
        self.received = b""
        self.note(data, head)
        self.send()

    def note(self, data: bytes, head: int) -> None:
        shared = self.shared
        shared.last = time.perf_counter()
        shared.times.append(shared.last - self.sent)
        found = data.find(shared.wanted, head) if shared.wanted else -1
        told = data[found : found + 36].decode() if found >= 0 else ""
        shared.answers.append((self.number, data[9:12], told))

    def connection_lost(self, error: Exception | None) -> None:
        if self.number >= 0:
            self.shared.answers.append((self.number, b"cut", ""))
        self.gone.set()


def is_whole(data: bytes, head: int) -> bool:
    told = data[:head].lower()
    place = told.find(b"content-length: ")
    if place < 0:
        return data.endswith(b"\r\n0\r\n\r\n")  # sent in chunks
    return len(data) == head + int(told[place + 16 : told.index(b"\r", place)])


async def send_all(given: list[str]) -> Slice:
    requests, _answers, port, connections, first, seconds, wanted = given
    loop = asyncio.get_running_loop()
    gone = [asyncio.Event() for _number in range(int(connections))]
    shared = Slice(read_requests(requests), int(first), float("inf"), wanted.encode())
    begun = time.perf_counter()
    shared.ends = begun + float(seconds)
    for event in gone:
        await loop.create_connection(partial(Connection, shared, event), "127.0.0.1", int(port))
    for event in gone:
        await event.wait()
    shared.last -= begun
    return shared


def read_requests(path: str) -> list[bytes]:
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes longer to import than this runs
        data = file.read()
    requests, place = [], 0
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "little")
        requests.append(data[place + 4 : place + 4 + length])
        place += 4 + length
    return requests


def main() -> None:
    given = sys.argv[1:]
    done = asyncio.run(send_all(given))
    with open(given[1], "w") as file:  # noqa: PTH123
        file.writelines(f"{number} {status.decode()} {told}\n" for number, status, told in done.answers)
    times = sorted(done.times) or [0.0]
    result = {
        "next": done.next,
        "seconds": done.last,
        "median_ms": statistics.median(times) * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "cpu": time.process_time(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
