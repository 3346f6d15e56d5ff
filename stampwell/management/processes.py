"""The programs that `bin/dev` keeps running: started, started again when they die, stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from stampwell.database import leash

Say = Callable[[str], None]
LONGEST_PAUSE = 30.0
PATIENCE = 15.0  # seconds for a request or a job in hand to end


@dataclass
class Program:
    """One program, its present process and when it may be started again."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.5
    due: float = 0.0

    def start(self, environment: dict[str, str]) -> None:
        """In a session of its own, so that Ctrl-C reaches only the keeper, which stops things in order."""
        held = [
            sys.executable,
            "-I",
            "-S",
            leash.__file__,
            str(os.getpid()),
            str(int(signal.SIGTERM)),
            "-",
            "-",
        ]
        self.process = subprocess.Popen(  # noqa: S603
            [*held, *self.command], env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started = time.monotonic()

    def tell(self, number: signal.Signals) -> None:
        """Sends a signal to the program and to what it started."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def is_over(self) -> bool:
        return self.process is None or self.process.poll() is not None


@dataclass
class Programs:
    """All of them. Call `look_after` every now and then."""

    environment: dict[str, str]
    say: Say
    running: list[Program] = field(default_factory=list)

    def start(self, name: str, *command: str) -> Program:
        program = Program(name, list(command))
        program.start(self.environment)
        self.running.append(program)
        return program

    def look_after(self) -> None:
        """Starts again what has died, at once the first time, then after growing pauses."""
        now = time.monotonic()
        for program in self.running:
            if program.process is not None and program.is_over():
                self._note_death(program, now)
            if program.process is None and now >= program.due:
                program.start(self.environment)

    def stop(self) -> None:
        """Asks each to finish what it has in hand; what does not end in time is ended."""
        for program in self.running:
            program.tell(signal.SIGTERM)
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit and not all(program.is_over() for program in self.running):
            time.sleep(0.02)
        for program in self.running:
            program.tell(signal.SIGKILL)

    def _note_death(self, program: Program, now: float) -> None:
        assert program.process is not None
        lasted = now - program.started
        program.pause = 0.5 if lasted > 60 else min(program.pause * 2, LONGEST_PAUSE)
        program.due = now + program.pause
        program.tell(signal.SIGKILL)  # what it had started
        self.say(
            f"The {program.name} process ended by itself (exit code {program.process.returncode}). "
            f"Starting it again in {program.pause:.0f} s."
        )
        program.process = None
