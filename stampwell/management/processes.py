"""The programs that `bin/dev` and `stampwell serve` keep running: started, again when they die, stopped together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from stampwell.database.leash import on_leash
from stampwell.database.leftovers import describe_process

Say = Callable[[str], None]
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0
PATIENCE = 15.0  # seconds for a request or a job in hand to end
RECORD = "programs"  # in the data folder: who was started, for a start after a kill


def stop_leftovers(data_dir: Path, name: str = RECORD) -> None:
    """Ends what a killed keeper left behind, which would keep its port. Touches nobody else's process."""
    record = data_dir / name
    if not record.exists():
        return
    # A power cut may have left it empty or cut off.
    keeper, *programs = [line.partition(" ")[::2] for line in record.read_text().splitlines()] or [("", "")]
    if _runs(*keeper):
        return
    for pid, last_word in programs:
        if _runs(pid, last_word):
            with suppress(ProcessLookupError):
                os.killpg(int(pid), signal.SIGKILL)
    record.unlink()


def _runs(pid: str, word: str) -> bool:
    """Whether a process of that number is the one we mean: numbers are given again."""
    if not (pid.isdecimal() and word):
        return False
    state, command = describe_process(int(pid))
    return state not in ("", "Z") and word in command


@dataclass
class Program:
    """One program, its present process and when it may be started again."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0

    def start(self, environment: dict[str, str]) -> None:
        """In a session of its own, so that Ctrl-C reaches only the keeper, which stops things in order."""
        self.process = subprocess.Popen(  # noqa: S603
            on_leash(*self.command), env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started = time.monotonic()

    def tell(self, number: signal.Signals) -> None:
        """Sends a signal to the program alone, which tells what it started: the web server takes a worker that ends
        before it said so for one that died.
        """
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """Ends the program and what it started."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def is_over(self) -> bool:
        return self.process is None or self.process.poll() is not None


@dataclass
class Programs:
    """All of them. Call `look_after` every now and then."""

    data_dir: Path
    environment: dict[str, str]
    say: Say
    running: list[Program] = field(default_factory=list)
    record: str = RECORD

    def start(self, name: str, *command: str) -> Program:
        program = Program(name, list(command))
        self.running.append(program)
        self._start(program)
        return program

    def look_after(self) -> None:
        """Starts again what has died, at once the first time, then after growing pauses."""
        now = time.monotonic()
        for program in self.running:
            if program.process is not None and program.is_over():
                self._note_death(program, now)
            if program.process is None and now >= program.due:
                self._start(program)

    def tell(self, name: str, number: signal.Signals) -> None:
        for program in self.running:
            if program.name == name:
                program.tell(number)

    def stop(self) -> None:
        """Asks each to finish what it has in hand; what does not end in time is ended."""
        limit = time.monotonic() + PATIENCE
        asked = 0.0
        while time.monotonic() < limit and not all(program.is_over() for program in self.running):
            if time.monotonic() - asked > 1:  # again: a program that is just starting may miss it
                for program in self.running:
                    program.tell(signal.SIGTERM)
                asked = time.monotonic()
            time.sleep(0.02)
        for program in self.running:
            program.kill()
        (self.data_dir / self.record).unlink(missing_ok=True)

    def _start(self, program: Program) -> None:
        program.start(self.environment)
        keeper = f"{os.getpid()} {describe_process(os.getpid())[1][0]}\n"
        lines = [keeper, *(f"{one.process.pid} {one.command[-1]}\n" for one in self.running if one.process)]
        (self.data_dir / self.record).write_text("".join(lines))

    def _note_death(self, program: Program, now: float) -> None:
        assert program.process is not None
        lasted = now - program.started
        program.pause = FIRST_PAUSE if lasted > 60 else program.pause
        program.due = now + program.pause
        program.kill()  # what it had started
        self.say(
            f"The {program.name} process ended by itself (exit code {program.process.returncode}). "
            f"Starting it again in {program.pause:g} s."
        )
        program.process = None
        program.pause = min(program.pause * 2, LONGEST_PAUSE)
