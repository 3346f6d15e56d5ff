"""The tables of an earlier release become those of this one: what is to be done, a backup, and then step by step."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import override

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from stampwell.backups import BackupTrouble
from stampwell.backups.configuration import read_plan
from stampwell.backups.making import make_backup
from stampwell.backups.planned import back_up_by_plan
from stampwell.backups.progress import Progress
from stampwell.backups.record import note_success
from stampwell.backups.replacing import new_file
from stampwell.backups.retention import installation_mark, made_at, name_for
from stampwell.clock import now
from stampwell.database import FolderInUse
from stampwell.database.lock import locked
from stampwell.installation import find_misfit, remember_keys
from stampwell.log_lines import say
from stampwell.management.backup_source import this_installation
from stampwell.management.commands import migrate
from stampwell.management.pooling import find_wrong_address
from stampwell.management.preparing import prepare_database
from stampwell.management.web_process import StartTrouble
from stampwell.release import known_migrations
from stampwell.whole_files import write_whole

APP = "stampwell"
FOLDER = "before-upgrade"  # in the data folder: the backup that was made before the last one
# In that folder, until all steps are taken: what it is that was begun, and the backup that was made before.
BEGUN = "begun"
_SIZE = "SELECT pg_database_size(current_database())"
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""
STOP_FIRST = (
    "This upgrade changes what the release before works with ({which}), and {who} works with the database. Stop "
    "Stampwell first, such as with `systemctl stop stampwell`, and run this again. Nothing was changed."
)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    only_plan: bool
    backup: Path | None
    no_backup: bool
    clock_is_right: bool


def upgrade_tables(data: Path, wishes: Wishes) -> None:
    """A refusal has changed nothing. What was cut off goes on where it was."""
    if misfit := find_wrong_address() or find_misfit(clock_is_right=wishes.clock_is_right):
        raise StartTrouble(misfit)
    steps = steps_to_take()
    for step in steps:
        say(f"To do: {step.name}. It locks {_locks(step)}.")
    if wishes.only_plan:
        say(_say_plan(steps))
        return
    with _nobody_serves(data, steps):
        if steps:
            _back_up(data, wishes, before_step=steps[0].name)
        prepare_database(_Told(len(steps)))
        (data / FOLDER / BEGUN).unlink(missing_ok=True)
    remember_keys()


def steps_to_take() -> list[Migration]:
    executor = MigrationExecutor(connection)
    return [migration for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _may_serve(step: Migration) -> bool:
    """What other packages change in their tables we do not know."""
    return bool(getattr(step, "while_serving", False))


def _locks(step: Migration) -> str:
    return str(getattr(step, "locks", "tables of another package, and does not say for how long"))


def _say_plan(steps: list[Migration]) -> str:
    if not steps:
        return "The tables are those of this release."
    if all(map(_may_serve, steps)):
        return "The release before may serve meanwhile."
    return "Stampwell has to be stopped meanwhile."


@contextmanager
def _nobody_serves(data: Path, steps: list[Migration]) -> Iterator[None]:
    """Where that is needed: nor does anybody begin before we have ended."""
    stopping = [step.name for step in steps if not _may_serve(step)]
    with ExitStack() as stack:
        if stopping:
            which = stopping[0]
            try:
                for part in ("web", "worker"):
                    stack.enter_context(locked(data / f"serving-{part}.lock"))
            except FolderInUse as used:
                raise StartTrouble(STOP_FIRST.format(which=which, who="what serves this data folder")) from used
            if _ask(_OTHERS):
                raise StartTrouble(STOP_FIRST.format(which=which, who="somebody else, perhaps on another machine,"))
        yield


def _ask(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[int] | None = cursor.fetchone()
    assert row is not None
    return row[0]


def _back_up(data: Path, wishes: Wishes, *, before_step: str) -> None:
    if wishes.no_backup or "django_migrations" not in connection.introspection.table_names():
        return
    say("Writing a backup first.")
    try:
        say(f"Wrote {_write_backup(data, wishes.backup, before_step)}")
    except BackupTrouble as trouble:
        raise BackupTrouble(
            f"{trouble}\nWithout a backup nothing is changed. Mend that, name another file with --backup, or, where "
            "you have a backup, run this with --no-backup."
        ) from trouble


def _write_backup(data: Path, file: Path | None, before_step: str) -> str:
    plan, installation = read_plan(), this_installation()
    if plan.to and file is None:
        return back_up_by_plan(plan, installation, before_step=before_step)
    seals, folder = plan.recipients(), data / FOLDER
    mark = installation_mark(bytes.fromhex(installation.keys["token_key"]))
    if file is None:
        folder.mkdir(mode=0o700, exist_ok=True)
    place = file.absolute() if file else _free_place(folder, mark, sealed=bool(seals))
    _require_room(place.parent)
    with Progress("written") as progress, new_file(place) as stream:
        make_backup(installation, stream, recipients=seals, say=progress.add)
    if not plan.to:  # else it would hide that those of the plan fail
        note_success(data, place=str(place), size=place.stat().st_size)
    if file is None:
        _remove_older(folder, place, mark)
    return str(place)


def _free_place(folder: Path, mark: str, *, sealed: bool) -> Path:
    """One that was cut off may have written its own within the same second."""
    moment = now()
    while (place := folder / name_for(mark, moment, sealed=sealed)).exists():
        moment += timedelta(seconds=1)
    return place


def _require_room(folder: Path) -> None:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free, size = shutil.disk_usage(there).free, _ask(_SIZE)
    if free < size:
        raise BackupTrouble(
            f"The disk that holds {folder} has {free // 1_000_000} MB free, and the database takes "
            f"{size // 1_000_000} MB."
        )


def _remove_older(folder: Path, place: Path, mark: str) -> None:
    """Where this upgrade was cut off before, the one of then stays: only that has the tables of the release before."""
    first = _first_backup(folder) or place
    if first != place:
        say(f"This upgrade was begun before. The backup of then is kept: {first}")
    write_whole(folder / BEGUN, f"{known_migrations()[-1]}\n{first.name}\n")
    for older in folder.iterdir():
        if older not in (place, first) and made_at(older.name, mark):
            older.unlink()


def _first_backup(folder: Path) -> Path | None:
    try:
        whither, name = (folder / BEGUN).read_text().splitlines()
    except (OSError, ValueError):
        return None
    first = folder / name
    return first if whither == known_migrations()[-1] and first.is_file() else None


class _Told(migrate.Command):
    """Says at which step it is; one that is tried again keeps its number."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count, self._begun = count, list[str]()

    @override
    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        super().migration_progress_callback(action, migration, fake)
        if action == "apply_start" and migration is not None and migration.name not in self._begun:
            self._begun.append(migration.name)
            say(f"{len(self._begun)} of {self._count}: {migration.name}")
