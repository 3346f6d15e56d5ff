"""Measuring the product over HTTP: requests made beforehand, sent by the generator, answers kept for comparing."""

import json
import marshal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench import generator

CONNECTIONS = 32


@dataclass
class Load:
    """Requests in a file, of which each slice sends the next ones; `wanted` is the id kept of each answer."""

    port: int
    folder: Path
    requests: list[bytes]
    wanted: str = ""
    next: int = 0
    answers: list[tuple[int, bytes, str]] = field(default_factory=list)
    median_ms: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self._file("requests").open("wb") as file:
            marshal.dump(self.requests, file)

    def run(self, seconds: float) -> float:
        """Sends for so long; answers a second, of any status."""
        order = {
            "port": self.port,
            "requests": str(self._file("requests")),
            "answers": str(self._file("answers")),
            "first": self.next,
            "seconds": seconds,
            "connections": CONNECTIONS,
            "wanted": self.wanted,
        }
        command = [sys.executable, "-I", "-S", generator.__file__, json.dumps(order)]
        done = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        assert done["next"] < len(self.requests), "more requests should have been made beforehand"
        with self._file("answers").open("rb") as file:
            answers = marshal.load(file)
        self.next = done["next"]
        self.answers += answers
        self.median_ms.append(done["median_ms"])
        return float(len(answers) / done["seconds"])

    @property
    def statuses(self) -> dict[str, int]:
        return dict(Counter(status.decode() for _number, status, _told in self.answers))

    def told(self, status: bytes) -> dict[int, str]:
        """By the request's number, the id in each answer of that status."""
        return {number: told for number, answered, told in self.answers if answered == status}

    def _file(self, name: str) -> Path:
        return self.folder / f"load.{name}"


def write_post(path: str, key: str, idempotency_key: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Idempotency-Key: {idempotency_key}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    ).encode()


def write_get(path: str, key: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
