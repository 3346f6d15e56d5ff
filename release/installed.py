"""A Stampwell that was installed from its wheel, in an environment where there was nothing, outside of the checkout."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from release.trouble import ReleaseTrouble

PATIENCE = 180.0  # seconds


@dataclass(frozen=True)
class Installed:
    programs: Path
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> str:
        """What it said. Nothing of our own environment reaches it."""
        command = [str(self.programs / "stampwell"), *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self._surroundings(), capture_output=True, text=True)
        if done.returncode:
            raise ReleaseTrouble(f"stampwell {arguments[0]} ended with {done.returncode}:\n{done.stderr.strip()}")
        return done.stdout + done.stderr

    @contextmanager
    def serving(self, log: Path) -> Iterator[str]:
        """Yields what it said until it served."""
        with log.open("wb") as said:
            process = subprocess.Popen(
                [self.programs / "stampwell", "serve"],
                cwd=self.folder,
                env=self._surroundings(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        try:
            yield _wait_until_it_runs(process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            if process.wait(PATIENCE):
                raise ReleaseTrouble(f"stampwell serve ended with {process.returncode}:\n{log.read_text()}")

    def _surroundings(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(self.folder), **self.settings}


def install(uv: str, wheel: Path, folder: Path) -> Installed:
    """As `pip install` does it: the newest of everything that we allow, not what the lock names."""
    place = folder / "environment"
    _run(uv, "venv", "--quiet", "--python", sys.executable, str(place))
    python = str(place / "bin" / "python")
    _run(uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, str(wheel))
    _run(uv, "pip", "check", "--quiet", "--python", python)
    (folder / "home").mkdir()
    return Installed(place / "bin", folder / "home")


def _run(*command: str) -> None:
    surroundings = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(command, cwd="/", env=surroundings, capture_output=True, text=True)
    if done.returncode:
        raise ReleaseTrouble(f"{' '.join(command[:3])} failed:\n{done.stderr.strip()}")


def _wait_until_it_runs(process: "subprocess.Popen[bytes]", log: Path) -> str:
    ends = time.monotonic() + PATIENCE
    while not re.search("is running", said := log.read_text()):
        if process.poll() is not None or time.monotonic() > ends:
            raise ReleaseTrouble(f"stampwell serve did not come up:\n{said}")
        time.sleep(0.1)
    return said
