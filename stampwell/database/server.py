"""The keeper: starts the server, waits until it is ready, starts it again when it dies, stops it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from stampwell.database.account import Account
from stampwell.database.cluster import ROLE, check_version, make_cluster
from stampwell.database.leash import on_leash
from stampwell.database.leftovers import Say, clear_leftovers
from stampwell.database.lock import is_held, locked
from stampwell.database.places import (
    PORT,
    Places,
    clear_socket,
    finish_exchange,
    make_socket_folder,
    open_places,
    prepare_account,
    remove_socket_folder,
)
from stampwell.database.programs import find_programs
from stampwell.database.trouble import DatabaseTrouble
from stampwell.database.tuning import settings_for
from stampwell.whole_files import write_whole


def say_on_stderr(text: str) -> None:
    print(f"database: {text}", file=sys.stderr, flush=True)


@contextmanager
def running_server(data_dir: Path, say: Say = say_on_stderr) -> Iterator[str]:
    """Keeps the embedded PostgreSQL of a data folder running; yields its DATABASE_URL.

    Raises DatabaseTrouble, with a reason, if it cannot start, and FolderInUse if somebody keeps it already.
    """
    places = open_places(Path(data_dir))
    with locked(places.lock):
        finish_exchange(places)
        account = prepare_account(places)
        programs = find_programs(account)
        if not places.cluster.exists():
            say("Making a new database.")
            make_cluster(places, programs, account)
        check_version(places.cluster, programs, account)
        socket_folder = make_socket_folder(places, account)
        keeper = Keeper(places, programs, account, socket_folder, say)
        try:
            keeper.start()
            url = _address(places, socket_folder)
            write_whole(places.address, url)
            yield url
        finally:
            keeper.stop()
            places.address.unlink(missing_ok=True)
            remove_socket_folder(places, socket_folder)


def find_running_server(data_dir: Path) -> str | None:
    """The DATABASE_URL of a server that another process keeps running on this data folder."""
    places = Places(Path(data_dir).absolute() / "database")
    if not is_held(places.lock):
        return None
    try:
        return places.address.read_text()
    except OSError:
        return None


@contextmanager
def joined_server(data_dir: Path, say: Say = say_on_stderr) -> Iterator[str]:
    """The server that somebody keeps running on this data folder; else one of our own, for as long as the block."""
    if running := find_running_server(data_dir):
        yield running
        return
    with running_server(data_dir, say) as url:
        yield url


def _address(places: Places, socket_folder: Path) -> str:
    password = quote(places.password(ROLE).read_text(), safe="")
    # The port is said, or libpq would take PGPORT's: a socket is named after it.
    return f"postgresql://{ROLE}:{password}@/{ROLE}?port={PORT}&host={quote(str(socket_folder))}"


class Keeper:
    """One thread that starts the server and stays with it.

    Every start happens in that thread, because the leash of a child is tied to the thread that made it.
    """

    def __init__(self, places: Places, programs: Path, account: Account, socket_folder: Path, say: Say) -> None:
        self.places, self.programs, self.account = places, programs, account
        self.socket_folder, self.say = socket_folder, say
        self._child: subprocess.Popen[bytes] | None = None
        self._outcome = threading.Event()  # ready for the first time, or failed for good
        self._stopping = threading.Event()
        self._turn = threading.Lock()
        self._failure: str | None = None
        self._thread = threading.Thread(target=self._keep, name="database", daemon=True)

    def start(self) -> None:
        """Returns when the server takes connections, however long its recovery takes."""
        self._thread.start()
        self._outcome.wait()
        if self._failure:
            raise DatabaseTrouble(self._failure)

    def stop(self) -> None:
        """A fast, clean stop; waits for the last checkpoint."""
        with self._turn:
            self._stopping.set()
            if self._child is not None:
                with suppress(ProcessLookupError):
                    self._child.send_signal(signal.SIGINT)
        if self._thread.ident is not None:
            self._thread.join()

    def _keep(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            came_up, reason = self._run_once()
            if self._stopping.is_set():
                break
            if not self._outcome.is_set():
                self._failure = f"The database did not start. {reason}"
                break
            pause = 0.1 if came_up else 3.0
            self.say(f"The database stopped by itself. {reason} Starting it again.")
        self._outcome.set()

    def _run_once(self) -> tuple[bool, str]:
        """One life of the server: whether it came up, and why it ended."""
        try:
            clear_leftovers(self.places.cluster, self.say)
            clear_socket(self.socket_folder)
            _rotate_log(self.places.log)
            begin = self.places.log.stat().st_size if self.places.log.exists() else 0
            child = self._launch()
        except OSError as error:
            return False, _reason(str(error), self.places)
        came_up = self._wait_until_ready(child)
        if came_up:
            if self._outcome.is_set():
                self.say("The database takes connections again.")
            self._outcome.set()
        if child.wait() == -signal.SIGKILL:
            return came_up, "Something outside killed it (signal 9), perhaps the system for lack of memory."
        return came_up, _reason(_log_since(self.places.log, begin), self.places)

    def _launch(self) -> subprocess.Popen[bytes]:
        options = [f"--{name}={value}" for name, value in settings_for(self.socket_folder).items()]
        command = [str(self.programs / "postgres"), "-D", str(self.places.cluster), *options]
        user = None if self.account.is_caller else (self.account.uid, self.account.gid)
        log = os.open(self.places.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            with self._turn:
                # Its own session: Ctrl-C in the terminal reaches us, and we stop it last.
                child = subprocess.Popen(  # noqa: S603
                    on_leash(*command, ends=signal.SIGINT, user=user),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                    start_new_session=True,
                )
                self._child = child
                if self._stopping.is_set():
                    child.send_signal(signal.SIGINT)
        finally:
            os.close(log)
        return child

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> bool:
        """True when it takes connections, False when it died first. Says what takes long."""
        spoken = time.monotonic()
        while child.poll() is None:
            if _is_ready(self.places.cluster, child.pid):
                return True
            if time.monotonic() - spoken > 5:
                spoken = time.monotonic()
                self.say(f"Still starting. {_last_line(self.places.log)}")
            time.sleep(0.01)
        return False


def _is_ready(cluster: Path, pid: int) -> bool:
    """The server writes its state into the eighth line of postmaster.pid; pg_ctl waits for the same."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _reason(log: str, places: Places) -> str:
    """Why the server ended, as a sentence that says what to do."""
    if "No space left on device" in log:
        return (
            f"The disk that holds {places.cluster} is full; nothing that was confirmed is lost. Free some space on it."
        )
    telling = [line for line in log.splitlines() if "FATAL:" in line or "PANIC:" in line]
    if telling:
        return f"Its last words: {telling[-1].partition(':  ')[2]}. The whole log is {places.log}."
    return f"It left no reason in {places.log}."


def _log_since(log: Path, begin: int) -> str:
    with log.open("rb") as stream:
        stream.seek(begin)
        return stream.read().decode(errors="replace")


def _last_line(log: Path) -> str:
    lines = _log_since(log, max(0, log.stat().st_size - 2000)).splitlines()
    return lines[-1].partition("LOG:  ")[2] if lines else ""


def _rotate_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_name("log.1"))
