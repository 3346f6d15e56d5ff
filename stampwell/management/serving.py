"""`stampwell serve`: web server, worker and the embedded database under one supervisor, until it is told to stop.

This process imports no Django: the settings read DATABASE_URL, which is known only when the database runs.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stampwell.database import DatabaseTrouble, FolderInUse, running_server
from stampwell.database.client_environment import client_environment
from stampwell.database.lock import locked
from stampwell.environment import EnvironmentTrouble, read_base_url, read_data_folder, read_listen, write_place
from stampwell.findings import Finding, Level
from stampwell.log_lines import say
from stampwell.management.data_folder import FolderTrouble, open_installation
from stampwell.management.leaving import leave_in_order
from stampwell.management.processes import Programs, stop_leftovers
from stampwell.management.renewal import Renewal
from stampwell.management.start_checks import look_at_port, look_before_start
from stampwell.management.systemd import tell_systemd
from stampwell.management.tls_files import read_pair
from stampwell.management.web_process import StartTrouble, wait_for_answers
from stampwell.release import our_version

LOOK = 0.2  # seconds


def main(arguments: list[str]) -> int:
    options = _read_options(arguments)
    os.umask(0o077)
    leave_in_order()
    try:
        serve(options)
    except (DatabaseTrouble, EnvironmentTrouble, FolderTrouble, StartTrouble) as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def _read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="stampwell serve",
        description="Serves Stampwell: the web server, the worker and, where DATABASE_URL is not set, a database of "
        "its own in the data folder. Brings the tables up to this release first. Ctrl-C or SIGTERM ends all in order; "
        "SIGHUP reads a renewed certificate.",
    )
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--no-worker", action="store_true", help="another process works in the background")
    parts.add_argument("--no-web", action="store_true", help="another process answers requests")
    parser.add_argument(
        "--clock-is-right", action="store_true", help="start although the database holds what lies in the future"
    )
    return parser.parse_args(arguments)


def serve(options: argparse.Namespace) -> None:
    """Serves until interrupted. Looks at everything first, so that a refused start has changed nothing."""
    _require_good(look_before_start(os.environ))
    data = read_data_folder(os.environ)
    parts = [part for part, off in (("web", options.no_web), ("worker", options.no_worker)) if not off]
    with ExitStack() as stack:
        open_installation(data)
        for part in parts:
            _hold(stack, data, part)
            stop_leftovers(data, _record(parts))
        if "web" in parts:
            _require_good([look_at_port(os.environ)])
        environment = _environment(stack, data)
        flags = ["--clock-is-right"] if options.clock_is_right else []
        if "web" not in parts:
            _make_ready(environment, flags)
        programs = Programs(data, environment, say, record=_record(parts))
        stack.enter_context(_stopped_at_the_end(programs))
        _start(programs, parts, flags)
        say(_describe(parts, data))
        tell_systemd("READY=1")
        _look_after(programs, data)


def _require_good(findings: list[Finding] | Iterator[Finding]) -> None:
    found = list(findings)
    for finding in found:
        if finding.level is Level.AMBER:
            say(f"Mind: {finding.text}")
    if bad := [finding.text for finding in found if finding.level is Level.RED]:
        raise StartTrouble("\n".join(bad))


def _hold(stack: ExitStack, data: Path, part: str) -> None:
    lock = data / f"serving-{part}.lock"
    try:
        stack.enter_context(locked(lock))
    except FolderInUse as used:
        raise StartTrouble(
            f"Process {lock.read_text().strip()} serves the data folder {data} already. Stop that one first."
        ) from used


def _record(parts: list[str]) -> str:
    return f"programs-{'-'.join(parts)}"


def _environment(stack: ExitStack, data: Path) -> dict[str, str]:
    """What is set for a database of one's own, such as PGSSLROOTCERT, is meant for it."""
    if os.environ.get("DATABASE_URL"):
        surroundings = dict(os.environ)
    else:
        surroundings = client_environment(stack.enter_context(running_server(data, say)))
    return {
        **surroundings,
        "STAMPWELL_DATA": str(data),
        "STAMPWELL_BASE_URL": read_base_url(os.environ),
        "STAMPWELL_OPEN_SHOPS": os.environ.get("STAMPWELL_OPEN_SHOPS") or "no",
        "DJANGO_SETTINGS_MODULE": "stampwell.settings",
        "STAMPWELL_SETTINGS": "",  # it was read, once for all
        "PYTHONUTF8": "1",
        "PYTHONSAFEPATH": "1",  # a folder that is called like a package is none of it
    }


def _make_ready(environment: dict[str, str], flags: list[str]) -> None:
    command = [sys.executable, "-m", "stampwell.management.starting", *flags]
    if subprocess.run(command, env=environment).returncode:  # noqa: S603
        raise StartTrouble("Stampwell does not start; the reason is above.")


@contextmanager
def _stopped_at_the_end(programs: Programs) -> Iterator[None]:
    try:
        yield
    finally:
        tell_systemd("STOPPING=1")
        say("Stopping.")
        programs.stop()


def _start(programs: Programs, parts: list[str], flags: list[str]) -> None:
    """The web server makes all ready before it answers. If it dies later it only serves again."""
    host, port = read_listen(os.environ)
    if "web" in parts:
        server, place = [sys.executable, "-m", "stampwell.web_server"], write_place((host, port))
        web = programs.start("web", *server, "--prepare", *flags, place)
        wait_for_answers(web, host, port, https=read_pair(os.environ) is not None)
        web.command = [*server, place]
    if "worker" in parts:
        programs.start("worker", sys.executable, "-m", "stampwell", "worker")


def _describe(parts: list[str], data: Path) -> str:
    place = write_place(read_listen(os.environ))
    where = f"People open {read_base_url(os.environ)}; it listens on {place}. " if "web" in parts else ""
    return f"Stampwell {our_version()} is running ({' and '.join(parts)}). {where}The data is in {data}."


def _look_after(programs: Programs, data: Path) -> None:
    renewal = Renewal(read_pair(os.environ), say)
    if not sys.stdin or not sys.stdin.isatty():  # in a terminal it says that the terminal is closed
        signal.signal(signal.SIGHUP, lambda *_args: renewal.ask())
    while True:
        time.sleep(LOOK)
        programs.look_after()
        if renewal.is_due():
            programs.tell("web", signal.SIGHUP)
