"""What a killed keeper or a killed server left behind, put right before the next start.

PostgreSQL's own check believes in any living process whose number stands in postmaster.pid: after a
reboot or in a container that is easily somebody else, and a zombie counts as living too.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Say = Callable[[str], None]


def clear_leftovers(cluster: Path, say: Say) -> None:
    """Stops an orphaned server of this cluster and unmasks a stale postmaster.pid."""
    pid = recorded_pid(cluster)
    if pid is not None and is_server_of(pid, cluster):
        say(f"A server of an earlier start (process {pid}) is still running; stopping it.")
        _stop_and_wait(pid, signal.SIGINT, cluster, say)
    elif (cluster / "postmaster.pid").exists() and (pid is None or _exists(pid)):
        _disown_pid_file(cluster)
    for backend in list(_processes_in(cluster)):
        # Their server died under them. They end by themselves, but a long query may take its time.
        _stop_and_wait(backend, signal.SIGQUIT, cluster, say)


def recorded_pid(cluster: Path) -> int | None:
    """The process number in postmaster.pid, if there is one."""
    try:
        first = (cluster / "postmaster.pid").read_text().split("\n", 1)[0]
        return abs(int(first)) or None  # negative for a server that was run by hand in single-user mode
    except (FileNotFoundError, ValueError):
        return None


def is_server_of(pid: int, cluster: Path) -> bool:
    """Whether that process is a living PostgreSQL of this very cluster, not a zombie and not a stranger."""
    state, command = describe_process(pid)
    return state not in ("", "Z") and "postgres" in command[:1][0] and str(cluster) in command


def describe_process(pid: int) -> tuple[str, list[str]]:
    """Its state letter (Z for a zombie, empty if there is none) and its command line."""
    if sys.platform == "linux":
        return _read_proc(Path(f"/proc/{pid}"))
    asked = ["/bin/ps", "-o", "stat=", "-o", "command=", "-p", str(pid)]
    answer = subprocess.run(asked, capture_output=True, text=True).stdout.split()  # noqa: S603
    return (answer[0][0], answer[1:] or [""]) if answer else ("", [""])


def _read_proc(process: Path) -> tuple[str, list[str]]:
    try:
        # The name in brackets may hold anything, also spaces and brackets.
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        command = os.fsdecode((process / "cmdline").read_bytes()).split("\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return "", [""]
    return state, command


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _disown_pid_file(cluster: Path) -> None:
    """Puts our own number into postmaster.pid, which PostgreSQL, being our child, takes for stale.

    Deleting the file would also delete its line on shared memory, by which PostgreSQL notices that
    processes of a dead server still write into this cluster.
    """
    file = cluster / "postmaster.pid"
    rest = file.read_text().split("\n", 1)[1:]
    with file.open("r+") as stream:  # in place: the file keeps its owner
        stream.write("\n".join([str(os.getpid()), *rest]))
        stream.truncate()


def _processes_in(cluster: Path) -> Iterator[int]:
    """Living processes that work in the cluster's folder; elsewhere than on Linux they end by themselves."""
    if sys.platform != "linux":
        return
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _works_in(process, cluster):
            yield int(process.name)


def _works_in(process: Path, cluster: Path) -> bool:
    try:
        if (process / "cwd").readlink() != cluster:
            return False
    except OSError:
        return False
    state, command = _read_proc(process)
    return state != "Z" and command[0].startswith("postgres")


def _stop_and_wait(pid: int, number: signal.Signals, cluster: Path, say: Say) -> None:
    """No time limit: a server that writes its last checkpoint to a slow disk must not be cut short."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    spoken = time.monotonic()
    while describe_process(pid)[0] not in ("", "Z"):
        if time.monotonic() - spoken > 10:
            spoken = time.monotonic()
            say(f"Still waiting for process {pid} to leave {cluster}.")
        time.sleep(0.02)
