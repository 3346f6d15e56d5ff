"""`python -m stampwell.database --data DIR [-- command …]`: the embedded database from a shell."""

import argparse
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

from stampwell.database import DatabaseTrouble, joined_server, running_server
from stampwell.database.client_environment import client_environment
from stampwell.database.leash import on_leash


def main() -> int:
    arguments = _read_arguments()
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in its background without it
    try:
        if arguments.command:
            with joined_server(arguments.data) as url:
                return _run_command(arguments.command, url)
        with running_server(arguments.data) as url:
            return _wait(url)
    except DatabaseTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stampwell.database",
        description="Keeps the embedded PostgreSQL running until Ctrl-C, or for the length of a command, "
        "which finds its address in DATABASE_URL. A command joins a server that runs already.",
    )
    parser.add_argument("--data", type=Path, default=Path("var"), help="the data folder (default: var)")
    parser.add_argument("command", nargs="*", help="a command to run, after --")
    return parser.parse_args()


def _run_command(command: list[str], url: str) -> int:
    program = shutil.which(command[0]) or command[0]
    child = subprocess.Popen(on_leash(program, *command[1:]), env=client_environment(url))  # noqa: S603
    # The terminal sends Ctrl-C to the command as well; we stay until it has gone, for its last writes.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


def _wait(url: str) -> int:
    print(f"DATABASE_URL={url}", flush=True)
    threading.Event().wait()
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
