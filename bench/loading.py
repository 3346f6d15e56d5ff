"""Measuring the product over HTTP: requests made beforehand, sent by the generator, answers kept for comparing."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bench.processes import Spending
from bench.serving import Served

CONNECTIONS = 32
SOURCES = Path(__file__).parent


@dataclass
class Load:
    """Requests in a file, of which each slice sends the next ones; `wanted` is the id kept of each answer."""

    served: Served
    folder: Path
    requests: list[bytes]
    wanted: str = ""
    connections: int = CONNECTIONS
    next: int = 0
    answers: list[tuple[int, str, str]] = field(default_factory=list)
    median_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    spent: Spending = field(default_factory=Spending)

    def __post_init__(self) -> None:
        with self._file("requests").open("wb") as file:
            file.writelines(len(request).to_bytes(4, "little") + request for request in self.requests)

    def run(self, seconds: float) -> float:
        """Sends for so long; answers a second, of any status."""
        before = self.served.processor_seconds()
        done = self._send(seconds)
        web, database = (now - then for now, then in zip(self.served.processor_seconds(), before, strict=True))
        assert done["next"] < len(self.requests), "more requests should have been made beforehand"
        answers = self._read_answers()
        self.next = int(done["next"])
        self.answers += answers
        self.median_ms.append(done["median_ms"])
        self.p99_ms.append(done["p99_ms"])
        self.spent.add(len(answers), web=web, PostgreSQL=database, load=done["cpu"])
        return len(answers) / done["seconds"]

    def _send(self, seconds: float) -> dict[str, float]:
        given = [self._file("requests"), self._file("answers"), self.served.port, self.connections, self.next, seconds]
        command = [*generator(self.folder), *map(str, given), self.wanted]
        done: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return done

    def _read_answers(self) -> list[tuple[int, str, str]]:
        lines = (line.split(" ") for line in self._file("answers").read_text().splitlines())
        return [(int(number), status, told) for number, status, told in lines]

    @property
    def remarks(self) -> str:
        return f"Median answer {self.median_ms[-1]:.1f} ms; processor time of each {self.spent}."

    @property
    def statuses(self) -> dict[str, int]:
        return dict(Counter(status for _number, status, _told in self.answers))

    def told(self, status: str) -> dict[int, str]:
        """By the request's number, the id in each answer of that status."""
        return {number: told for number, answered, told in self.answers if answered == status}

    def _file(self, name: str) -> Path:
        return self.folder / f"load.{name}"


@cache
def generator(folder: Path) -> list[str]:
    """The command that sends; compiled where it can be, for it shares the processors with what it measures."""
    compiler = shutil.which("cc")
    program = folder / "generator"
    if compiler and subprocess.run([compiler, "-O2", "-o", program, SOURCES / "generator.c"]).returncode == 0:
        return [str(program)]
    print("No C compiler here: the load comes from Python, which costs some 60 µs a request more.", flush=True)
    return [sys.executable, "-I", "-S", str(SOURCES / "generator.py")]


def write_post(path: str, key: str, idempotency_key: str, body: bytes = b"{}") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Idempotency-Key: {idempotency_key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def write_get(path: str, key: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
