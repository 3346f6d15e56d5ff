"""Programs that tests start: they end with the tests, however those end."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tests import reaper


class Program(subprocess.Popen[bytes]):
    """In a process group of its own. The whole group ends when this program was waited for, or when we are gone."""

    def __init__(self, command: Sequence[str | Path], **options: Any) -> None:
        super().__init__(command, start_new_session=True, **{"stdin": subprocess.DEVNULL, **options})
        _tell(f"+{self.pid}")

    def wait(self, timeout: float | None = None) -> int:
        code = super().wait(timeout)
        _tell(f"-{self.pid}")
        return code


class Forked:
    """What a program that we have started forks for us, one at a time. It says the id of each, and when it has ended.

    Its process group ends like that of a `Program`.
    """

    def __init__(self, parent: Program, asked: str) -> None:
        assert parent.stdin is not None
        assert parent.stdout is not None
        self._said = parent.stdout
        parent.stdin.write(f"{asked}\n".encode())
        parent.stdin.flush()
        self.pid = int(self._said.readline())
        self._has_ended = False
        _tell(f"+{self.pid}")

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.wait(timeout=0)
        return None

    def terminate(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """0, for how it has ended nobody is told. Raises: subprocess.TimeoutExpired."""
        if not self._has_ended:
            if not select.select([self._said], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            assert self._said.readline() == b"ended\n"
            self._has_ended = True
            _tell(f"-{self.pid}")
        return 0


def _tell(what: str) -> None:
    pipe = _reaper().stdin
    assert pipe is not None
    pipe.write(f"{what}\n".encode())
    pipe.flush()


@cache
def _reaper() -> "subprocess.Popen[bytes]":
    # In a session of its own: what ends the tests, be it Ctrl-C or a closed terminal, must not end it first.
    command = [sys.executable, "-I", "-S", reaper.__file__]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
