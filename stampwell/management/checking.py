"""`stampwell check`: a line for everything that has to be right, with what to do where it is not.

Looks first at what needs no database, so that it helps also where nothing starts.
"""

import argparse
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from stampwell.database import DatabaseTrouble
from stampwell.database.lock import is_held
from stampwell.environment import EnvironmentTrouble, read_data_folder
from stampwell.findings import Finding, Level, amber, red, worst_of
from stampwell.management.command_line import run_command
from stampwell.management.database_access import joined_database
from stampwell.management.known_settings import look_at_names
from stampwell.management.start_checks import look_at_port, look_before_start


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="stampwell check",
        description="Says in a line each what is good and what is not, with what to do. Ends with 0 when all is good, "
        "1 where something wants a look (amber), 2 where something does not work (red).",
    )
    parser.add_argument("what", nargs="?", choices=["mail"], help="mail: only whether mail can be sent")
    parser.add_argument("--to", metavar="ADDRESS", help="with mail: who gets a trial")
    parser.add_argument("--no-network", action="store_true", help="ask neither the mail server nor the public address")
    options = parser.parse_args(arguments)
    if options.what == "mail":
        return run_command(["mail", "check", *([options.to] if options.to else [])])
    if options.to:
        parser.error("--to belongs to `stampwell check mail`")
    worst = Level.GOOD
    for finding in look_at_everything(network=not options.no_network):
        print(finding, flush=True)
        worst = max(worst, finding.level)
    return int(worst)


def look_at_everything(*, network: bool) -> Iterator[Finding]:
    try:
        before = list(look_before_start(os.environ))
        data = read_data_folder(os.environ)
        yield from before
        yield from look_at_names(os.environ)
        yield from look_at_modes(data)
        if not is_served(data):
            yield look_at_port(os.environ)
            yield amber("Stampwell is not being served from this data folder. Start it with `stampwell serve`.")
    except EnvironmentTrouble as trouble:
        yield red(str(trouble))
        return
    if worst_of(before) < Level.RED:
        yield from _look_with_database(data, network=network)


def is_served(data: Path) -> bool:
    return any(is_held(data / f"serving-{part}.lock") for part in ("web", "worker"))


def look_at_modes(data: Path) -> Iterator[Finding]:
    """Nobody but the owner reads what opens everything."""
    closed = [data / "keys", *sorted((data / "keys").glob("*"))]
    if settings_file := os.environ.get("STAMPWELL_SETTINGS"):
        closed.append(Path(settings_file))
    for file in closed:
        if file.exists() and file.stat().st_mode & stat.S_IRWXO:
            yield amber(f"{file} may be read by every user of this machine. Run: chmod o= {file}")


def _look_with_database(data: Path, *, network: bool) -> Iterator[Finding]:
    try:
        with joined_database(data) as is_there:
            if not is_there:
                yield amber(f"There is no database in {data} yet: the first `stampwell serve` makes it.")
                return
            import django

            os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
            django.setup()
            from stampwell.management.installation_checks import look_at_installation
            from stampwell.management.refused import refusals_explained

            with refusals_explained():
                yield from look_at_installation(data, network=network)
    except DatabaseTrouble as trouble:
        yield red(str(trouble))
