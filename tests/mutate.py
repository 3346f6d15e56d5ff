"""Puts one mistake at a time into a copy of the code and asks whether a test notices: `bin/mutate`.

`mutations.txt` is the list: the name of the mistake, a file below stampwell/, what stands there and what shall stand
there (`\\n` begins a new line), and the tests that have to notice. A mistake that no test notices survives, and the
exit code is 1.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "mutations.txt"
COPIED = ("stampwell", "tests", "docs", "pyproject.toml")
# Seconds of the processor, for a mistake may make a loop endless, and that is noticed too. By the clock a busy machine
# would notice every mistake.
PATIENCE = 300
LAST_PATIENCE = 3_600  # seconds of the clock, where a mistake makes two wait for each other
FAILED, PASSED = 1, 0  # pytest's exit codes


class StaleMutation(ValueError):
    """What the list says stands in a file stands there no more, or more than once."""


@dataclass(frozen=True)
class Mutation:
    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def apply(self, root: Path) -> str:
        """Writes the mistake into the file and returns what stood there. Raises: StaleMutation."""
        path = root / "stampwell" / self.file
        source = path.read_text()
        if source.count(self.before) != 1:
            raise StaleMutation(f"{self.name}: “{self.before}” stands {source.count(self.before)} times in {self.file}")
        path.write_text(source.replace(self.before, self.after))
        return source


def read_list(text: str) -> Iterator[Mutation]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, file, change, tests = line.split(" :: ")
            before, after = change.replace(r"\n", "\n").split(" => ")
            yield Mutation(name, file, before, after, tuple(tests.split()))


def main(names: list[str]) -> int:
    mutations = [one for one in read_list(LIST.read_text()) if not names or one.name in names]
    with TemporaryDirectory(prefix="stampwell-mutate-") as folder:
        rooms: SimpleQueue[Path] = SimpleQueue()
        for number in range(os.cpu_count() or 1):
            rooms.put(_copy_tree(Path(folder) / str(number)))
        with ThreadPoolExecutor(rooms.qsize()) as threads:
            outcomes = list(threads.map(lambda one: _try(one, rooms), mutations))
    survivors = [one.name for one, noticed in zip(mutations, outcomes, strict=True) if not noticed]
    print(f"{len(mutations) - len(survivors)} passed, {len(survivors)} failed")
    return 1 if survivors else 0


def _copy_tree(room: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, room / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, room / name)
    return room


def _try(mutation: Mutation, rooms: "SimpleQueue[Path]") -> bool:
    """Whether a test noticed the mistake."""
    room = rooms.get()
    try:
        source = mutation.apply(room)
        try:
            noticed = _who_notices(room, _likeliest(room, mutation)) or _who_notices(room, [*mutation.tests])
        finally:
            (room / "stampwell" / mutation.file).write_text(source)
    finally:
        rooms.put(room)
    print(f"noticed   {mutation.name}: {noticed}" if noticed else f"SURVIVED  {mutation.name}", flush=True)
    return bool(noticed)


def _likeliest(room: Path, mutation: Mutation) -> list[str]:
    """Of the folders those files that name the changed module: one of them notices it sooner than the whole folder."""
    module = f"stampwell.{mutation.file.removesuffix('.py').replace('/', '.')}"
    folders = [room / test for test in mutation.tests if (room / test).is_dir()]
    files = sorted(file for folder in folders for file in folder.rglob("test_*.py"))
    return [str(file.relative_to(room)) for file in files if f"from {module} import" in file.read_text()]


def _who_notices(room: Path, tests: list[str]) -> str:
    """The first test that fails, so that a reader sees whether it is one of the mistake or of a busy machine; "" where
    all pass. Code that cannot even be imported is no mistake that a test noticed.
    """
    if not tests:
        return ""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--reuse-db", "-p", "no:cacheprovider", *tests]
    command = ["sh", "-c", f'ulimit -t {PATIENCE}; exec "$@"', "sh", *command]
    environment = {**os.environ, "STAMPWELL_TEST_DATABASE": f"mutated_{room.name}", "PYTHONPATH": str(room)}
    try:
        run = subprocess.run(command, cwd=room, env=environment, capture_output=True, text=True, timeout=LAST_PATIENCE)
    except subprocess.TimeoutExpired:
        return f"no end within {LAST_PATIENCE} seconds"
    if run.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"no end within {PATIENCE} seconds of the processor"
    if run.returncode not in (FAILED, PASSED):
        raise RuntimeError(run.stdout + run.stderr)
    told = ("FAILED tests/", "ERROR tests/")  # a line of the log may begin with ERROR too
    failed = (line.split(" - ")[0] for line in run.stdout.splitlines() if line.startswith(told))
    return next(failed, "a test that is not named") if run.returncode == FAILED else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
