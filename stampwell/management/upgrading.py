"""`stampwell upgrade`: brings the data to the release that is installed now, while the one before may still serve.

This process loads no Django before the database runs; the tables are `table_upgrade`'s.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stampwell.backups import BackupTrouble
from stampwell.database import DatabaseTrouble, FolderInUse
from stampwell.database.lock import locked
from stampwell.environment import EnvironmentTrouble, read_data_folder
from stampwell.findings import Level
from stampwell.log_lines import say
from stampwell.management.checking import is_served
from stampwell.management.data_folder import FolderTrouble, open_installation
from stampwell.management.database_access import joined_database
from stampwell.management.leaving import leave_in_order
from stampwell.management.postgresql_upgrade import bring_over, earlier_major
from stampwell.management.start_checks import look_before_start
from stampwell.management.web_process import StartTrouble
from stampwell.release import our_version

HELP = "Back everything up and bring the data to this release; what serves may go on meanwhile."
BUSY = "Another `stampwell upgrade` is at work in this data folder. Wait until it has ended. Nothing was changed."


def main(arguments: list[str]) -> int:
    options = _read_options(arguments)
    os.umask(0o077)
    leave_in_order()
    try:
        upgrade(options)
    except (BackupTrouble, DatabaseTrouble, EnvironmentTrouble, FolderTrouble, StartTrouble) as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        say("Stopped. What is done stays done. Run the same command again: it goes on where it was.")
        return 130
    return 0


def upgrade(options: argparse.Namespace) -> None:
    """Looks at everything first, so that a refused upgrade has changed nothing."""
    if bad := [finding.text for finding in look_before_start(os.environ) if finding.level is Level.RED]:
        raise StartTrouble("\n".join(bad))
    data = read_data_folder(os.environ)
    if options.plan:
        _upgrade(data, options)
        return
    open_installation(data)
    with _alone(data):
        _upgrade(data, options)
    say(_what_now(data))


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(data / "upgrade.lock"))
        except FolderInUse as used:
            raise StartTrouble(BUSY) from used
        yield


def _upgrade(data: Path, options: argparse.Namespace) -> None:
    if not os.environ.get("DATABASE_URL") and (major := earlier_major(data)):
        if options.plan:
            say(f"To do: bring the database over from PostgreSQL {major}. Stampwell has to be stopped meanwhile.")
            return
        bring_over(data, options.postgresql)
    with joined_database(data) as is_there:
        if not is_there:
            raise DatabaseTrouble(f"There is no database in {data} yet. `stampwell serve` makes it.")
        _upgrade_tables(data, options)


def _read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stampwell upgrade", description=HELP)
    parser.add_argument("--plan", action="store_true", help="only say what would be done")
    backup = parser.add_mutually_exclusive_group()
    backup.add_argument("--backup", type=Path, metavar="FILE", help="write the backup to this file")
    backup.add_argument("--no-backup", action="store_true", help="there is one already")
    parser.add_argument(
        "--postgresql", type=Path, metavar="FOLDER", help="where the programs of the earlier PostgreSQL are"
    )
    parser.add_argument(
        "--clock-is-right", action="store_true", help="go on although the database holds what lies in the future"
    )
    return parser.parse_args(arguments)


def _upgrade_tables(data: Path, options: argparse.Namespace) -> None:
    import django
    from django.core.management.base import CommandError

    from stampwell.management.maintenance import lift_statement_limit
    from stampwell.management.refused import refusals_explained

    os.environ["DJANGO_SETTINGS_MODULE"] = "stampwell.settings"
    django.setup()
    lift_statement_limit()
    from stampwell.management.table_upgrade import Wishes, upgrade_tables

    wishes = Wishes(
        only_plan=options.plan,
        backup=options.backup,
        no_backup=options.no_backup,
        clock_is_right=options.clock_is_right,
    )
    try:
        with refusals_explained():
            upgrade_tables(data, wishes)
    except CommandError as error:
        raise StartTrouble(str(error)) from error


def _what_now(data: Path) -> str:
    done = f"The data is that of Stampwell {our_version() or 'of this release'}."
    if is_served(data):
        return f"{done} Restart what serves now, such as with `systemctl restart stampwell`."
    return f"{done} Start it now, such as with `systemctl start stampwell`."
