"""Phones told of changes in a second, against two bare loops over one HTTP/2 connection to the same server.

Ours is the worker's whole step: claiming what is due, sending it, writing each answer down. The loops keep nothing
and tell one phone again and again: one with httpx, one with h2 on a socket. The faster of the two is the yardstick.
The server is the tests' double of Apple's push service in a process of its own; at the end it has taken each of
100,000 pushes once.
"""

import asyncio
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.conf import settings
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RemoteSettingsChanged, ResponseReceived, StreamEnded, StreamReset

from bench.figures import LIMITS, SECONDS, SLICES, Figure
from bench.serving import come_to_rest, fresh_database
from bench.shop import CARDS, CUSTOMERS, Shop
from stampwell.wallet.apple.credentials import sign_in_with_certificate
from stampwell.wallet.apple.development_chain import CARD_TYPE, Chain, make_development_chain
from stampwell.wallet.apple.push_queue import push_due
from stampwell.wallet.apple.push_services import close_push_services
from stampwell.wallet.apple.signature import load_identity

PUSHES = 100_000
AT_ONCE = 1_000

_NUMBERS = "FROM generate_series(0, %(count)s - 1) AS n"
_PASSES = f"""
    INSERT INTO pass (merchant_id, id, card_id, issue, pass_type, serial, shown, tag, first_tag, changed, fetched_tag,
                      touched, looked, created)
    SELECT {{merchant}}, {{row_id}}, {{row_id}}, 0, '{CARD_TYPE}', md5('s' || n), ''::bytea, n + 2, 1, now(), 1, 0, 0,
           now() {_NUMBERS}
"""
_DEVICES = f"""
    INSERT INTO device (merchant_id, id, library_id, push_token)
    SELECT {{merchant}}, {{row_id}}, md5('d' || n), md5('p' || n) || md5('q' || n) {_NUMBERS}
"""
_REGISTRATIONS = f"""
    INSERT INTO registration (merchant_id, id, pass_id, device_id, registered, wanted_tag, pushed_tag, due, tries,
                              last_answer)
    SELECT {{merchant}}, {{row_id}}, {{row_id}}, {{row_id}}, now(), n + 2, 0, now() - interval '1 hour', 0, ''
    {_NUMBERS}
"""


def measure_pushes(url: str, folder: Path) -> Figure:
    shop = Shop(fresh_database(url, "bench_pushes"), "Pushes")
    shop.seed(PUSHES, CUSTOMERS, CARDS, _PASSES, _DEVICES, _REGISTRATIONS)
    come_to_rest(url)
    chain = make_development_chain(folder / "wallet")
    with _running_double(folder, chain) as double, _configured(chain, double):
        worker = _Worker()
        loops: dict[str, _HttpxLoop | _H2Loop] = {"httpx": _HttpxLoop(double, chain), "h2": _H2Loop(double, chain)}
        ours, *others = _measure_in_turn(worker.run, *(loop.run for loop in loops.values()))
        worker.finish()
        close_push_services()
        taken, phones, _connections = double.counted()
    told = "SELECT count(*) FROM registration WHERE due IS NULL AND pushed_tag = wanted_tag AND last_answer = '200'"
    assert shop.count(told) == PUSHES
    bare = sum(loop.sent for loop in loops.values())
    assert (taken, phones) == (PUSHES + bare, PUSHES + 1), (taken, phones)
    (slower, slow), (faster, fast) = sorted(zip(loops, others, strict=True), key=lambda pair: pair[1])
    remarks = f"{PUSHES:,} phones told, each once; a bare {slower} loop: {slow:,.4g} /s."
    return Figure("pushes", ours, fast, "/s", f"a bare {faster} loop", LIMITS["pushes"], remarks=remarks)


def _measure_in_turn(*runs: Callable[[float], float]) -> list[float]:
    """Medians of short slices, so that a neighbour's work on this machine falls on all."""
    for run in runs:
        run(1.0)  # what is read, connected and remembered on first use
    rounds = [[run(SECONDS) for run in runs] for _number in range(SLICES)]
    return [statistics.median(figures) for figures in zip(*rounds, strict=True)]


@dataclass
class _Double:
    process: "subprocess.Popen[str]"
    port: int
    ca: str

    def counted(self) -> list[int]:
        """Pushes taken, phones they were for, connections."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("count\n")
        self.process.stdin.flush()
        return [int(number) for number in self.process.stdout.readline().split()]


@contextmanager
def _running_double(folder: Path, chain: Chain) -> Iterator[_Double]:
    command = [sys.executable, "-m", "tests.doubles.apns", str(folder), str(chain.root), str(chain.intermediate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port, ca = process.stdout.readline().split()
        try:
            yield _Double(process, int(port), ca)
        finally:
            process.terminate()


@contextmanager
def _configured(chain: Chain, double: _Double) -> Iterator[None]:
    names = {
        "WALLET_APPLE_CERTIFICATE": str(chain.certificate),
        "WALLET_APPLE_KEY": str(chain.key),
        "WALLET_APPLE_INTERMEDIATE": str(chain.intermediate),
        "WALLET_APPLE_PUSH_HOST": f"127.0.0.1:{double.port}",
        "WALLET_APPLE_PUSH_CA": double.ca,
    }
    before = {name: getattr(settings, name) for name in names}
    for name, value in names.items():
        setattr(settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


@dataclass
class _Worker:
    """The worker's step, again and again, while anything is due."""

    sent: int = 0

    def run(self, seconds: float) -> float:
        begun, before = time.perf_counter(), self.sent
        while time.perf_counter() - begun < seconds:
            pushed = push_due()
            assert pushed, "nothing more is due: seed more"
            self.sent += pushed
        return (self.sent - before) / (time.perf_counter() - begun)

    def finish(self) -> None:
        while pushed := push_due():
            self.sent += pushed
        assert self.sent == PUSHES, self.sent


class _HttpxLoop:
    """Nothing but requests: no database, no retries, one phone."""

    def __init__(self, double: _Double, chain: Chain) -> None:
        self.context = sign_in_with_certificate(load_identity(chain.files), double.ca).context
        self.url, self.sent = f"https://127.0.0.1:{double.port}/3/device/{'f' * 64}", 0

    def run(self, seconds: float) -> float:
        return asyncio.run(self._run(seconds))

    async def _run(self, seconds: float) -> float:
        headers = {"apns-topic": CARD_TYPE, "apns-push-type": "background", "apns-priority": "5"}
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(
            http2=True, verify=self.context, limits=limits, headers=headers, timeout=60
        ) as client:
            await client.post(self.url, content=b"{}")
            begun, before = time.perf_counter(), self.sent
            self.sent += 1
            while time.perf_counter() - begun < seconds:
                answers = await asyncio.gather(*(client.post(self.url, content=b"{}") for _one in range(AT_ONCE)))
                assert all(answer.status_code == 200 for answer in answers)
                self.sent += AT_ONCE
            return (self.sent - before) / (time.perf_counter() - begun)


class _H2Loop:
    """The same without a client's comforts: a socket, h2, and as many streams as the server allows."""

    def __init__(self, double: _Double, chain: Chain) -> None:
        context = sign_in_with_certificate(load_identity(chain.files), double.ca).context
        plain = socket.create_connection(("127.0.0.1", double.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = context.wrap_socket(plain, server_hostname="127.0.0.1")
        self.http = H2Connection(H2Configuration(client_side=True, validate_outbound_headers=False))
        self.http.initiate_connection()
        self.sent = self.flying = 0
        self.is_greeted = False
        self.headers = [
            (":method", "POST"),
            (":scheme", "https"),
            (":authority", f"127.0.0.1:{double.port}"),
            (":path", f"/3/device/{'f' * 64}"),
            ("apns-topic", CARD_TYPE),
            ("apns-push-type", "background"),
            ("apns-priority", "5"),
        ]

    def run(self, seconds: float) -> float:
        begun, before = time.perf_counter(), self.sent
        while time.perf_counter() - begun < seconds:
            if self.is_greeted:
                self._ask(self.http.remote_settings.max_concurrent_streams - self.flying)
            self._listen()
        while self.flying:
            self._listen()
        return (self.sent - before) / (time.perf_counter() - begun)

    def _ask(self, count: int) -> None:
        for _one in range(count):
            number = self.http.get_next_available_stream_id()
            self.http.send_headers(number, self.headers)
            self.http.send_data(number, b"{}", end_stream=True)
        self.sent, self.flying = self.sent + count, self.flying + count

    def _listen(self) -> None:
        self.stream.sendall(self.http.data_to_send())
        data = self.stream.recv(65_536)
        assert data, "closed by the double"
        for event in self.http.receive_data(data):
            match event:
                case RemoteSettingsChanged():
                    self.is_greeted = True
                case ResponseReceived():
                    assert dict(event.headers)[b":status"] == b"200"
                case StreamEnded():
                    self.flying -= 1
                case StreamReset():
                    raise AssertionError("stream reset")
