"""Runs one command: by itself, or as Django's with the database that the settings mean."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from stampwell.backups.unfinished import why_not_serve
from stampwell.database import DatabaseTrouble
from stampwell.environment import EnvironmentTrouble, read_data_folder
from stampwell.management.command_list import our_commands
from stampwell.management.database_access import joined_database

# They choose or start the database themselves, so they run before Django is loaded.
WITHOUT_DJANGO = {
    "dev": "stampwell.management.development",
    "check": "stampwell.management.checking",
    "draw": "stampwell.management.draw_proof",
    "proxy": "stampwell.management.proxy_file",
    "restore": "stampwell.management.restoring",
    "serve": "stampwell.management.serving",
    "setup": "stampwell.management.setting_up",
    "upgrade": "stampwell.management.upgrading",
}
OF_DJANGOS_PARTS = {"changepassword", "clearsessions", "collectstatic", "findstatic", "help"}
WITHOUT_DATABASE = {"collectstatic", "findstatic", "help", "makemigrations"}


def run_command(arguments: list[str]) -> int:
    if arguments[0] == "help" and arguments[1:] and arguments[1] in our_commands():
        arguments = [arguments[1], "--help"]
    command = arguments[0]
    if command not in known_commands():
        print(_unknown(command), file=sys.stderr)
        return 2
    if command != "restore" and (trouble := _unfinished_restore()):
        print(trouble, file=sys.stderr)
        return 1
    if command in WITHOUT_DJANGO:
        code: int = importlib.import_module(WITHOUT_DJANGO[command]).main(arguments[1:])
        return code
    try:
        with _database_for(command, arguments):
            return _run_by_django(arguments)
    except (DatabaseTrouble, EnvironmentTrouble) as trouble:
        print(trouble, file=sys.stderr)
        return 1


def known_commands() -> set[str]:
    """Ours and Django's, by their files: to load them the settings would be read."""
    core = Path(find_file("django.core.management")).parent / "commands"
    return {*our_commands(), *(file.stem for file in core.glob("[a-z]*.py")), *OF_DJANGOS_PARTS}


def find_file(module: str) -> str:
    found = find_spec(module)
    assert found is not None
    assert found.origin is not None
    return found.origin


def _unknown(command: str) -> str:
    near = get_close_matches(command, our_commands(), n=1)
    meant = f" Did you mean `stampwell {near[0]}`?" if near else ""
    return f"There is no command “{command}”.{meant} `stampwell help` lists them."


def _unfinished_restore() -> str | None:
    try:
        return why_not_serve(read_data_folder(os.environ))
    except EnvironmentTrouble:  # whoever needs the folder says so
        return None


@contextmanager
def _database_for(command: str, arguments: list[str]) -> Iterator[None]:
    """Joins the embedded database of the data folder where it runs, else starts it for as long as the command lasts."""
    if os.environ.get("DATABASE_URL") or command in WITHOUT_DATABASE or {"--help", "-h"} & {*arguments}:
        yield
        return
    data = read_data_folder(os.environ)
    with joined_database(data) as is_there:
        if not is_there:
            raise DatabaseTrouble(f"There is no database in {data} yet. `stampwell serve` makes it.")
        yield


def _run_by_django(arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError
    from psycopg.errors import UndefinedTable

    from stampwell.management.maintenance import is_maintenance, lift_statement_limit
    from stampwell.management.refused import refusals_explained

    words = ["stampwell", *arguments]
    try:
        if is_maintenance(words):
            lift_statement_limit()
        with nullcontext() if "--traceback" in arguments else refusals_explained():
            execute_from_command_line(words)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, UndefinedTable):
            raise
        print("The tables of this release are not there yet. Run `stampwell migrate` first.", file=sys.stderr)
        return 1
    return 0
