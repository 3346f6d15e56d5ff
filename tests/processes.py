"""Programs that tests start: they end with the tests, however those end."""

import subprocess
import sys
from collections.abc import Sequence
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
