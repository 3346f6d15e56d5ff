"""Planned backups: when one is due, and one of them from the beginning to what is remembered of it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from stampwell.backups.configuration import Plan
from stampwell.backups.making import Installation, make_backup
from stampwell.backups.record import LastBackup, note_failure, note_success
from stampwell.backups.replacing import why_not_written
from stampwell.backups.retention import installation_mark, made_at, name_for, no_longer_wanted
from stampwell.backups.storage import Storage, open_storage
from stampwell.backups.trouble import BackupTrouble
from stampwell.clock import now

AFTER_FAILURE, LONGEST_PAUSE = timedelta(minutes=30), timedelta(hours=4)


def is_due(plan: Plan, last: LastBackup, at: datetime) -> bool:
    """A moment that lies ahead was written while the clock was ahead, and says nothing."""
    if not plan.to:
        return False
    well, tried = _past(last.went_well, at), _past(last.tried, at)
    if last.trouble and tried and at - tried < pause_after(last.failures):
        return False
    return well is None or well < plan.latest_moment(at)


def pause_after(failures: int) -> timedelta:
    """Each is twice as long as the one before, up to the longest."""
    return min(AFTER_FAILURE * (1 << min(max(failures - 1, 0), 10)), LONGEST_PAUSE)


def back_up_by_plan(plan: Plan, installation: Installation, *, before_step: str = "") -> str:
    """Makes one, remembers how it went, and deletes what is no longer wanted. Returns where it is.

    `before_step` names the first step of the upgrade that it is made before: that one is kept longer.
    """
    if not plan.to:
        raise BackupTrouble("No backups are planned: set STAMPWELL_BACKUP_TO.")
    with _alone(installation.data_dir):
        try:
            with _told(installation.data_dir):
                place, size, storage = _store_one(plan, installation, before_step)
        except BackupTrouble as trouble:
            note_failure(installation.data_dir, str(trouble))
            raise
        with _told(installation.data_dir):
            note_success(installation.data_dir, place=place, size=size)
            _clear_up(plan, installation, storage)
    return place


def _store_one(plan: Plan, installation: Installation, before_step: str) -> tuple[str, int, Storage]:
    recipients, mark = plan.recipients(), _mark(installation)
    storage = open_storage(plan.to, installation.data_dir)
    storage.clear_unfinished(lambda name: made_at(name, mark) is not None)
    made, names = now(), storage.names()
    # One of the same second stays, as each does; a bucket would put the new one in its place.
    while (name := name_for(mark, made, sealed=bool(recipients), before_step=before_step)) in names:
        made += timedelta(seconds=1)
    size = storage.store(
        name, lambda stream: make_backup(installation, stream, recipients=recipients, say=lambda _size: None)
    )
    return storage.place_of(name), size, storage


def _clear_up(plan: Plan, installation: Installation, storage: Storage) -> None:
    """Only after a good one, so that failures never eat up what there is."""
    for name in no_longer_wanted(storage.names(), _mark(installation), plan.keep):
        storage.delete(name)


def _mark(installation: Installation) -> str:
    return installation_mark(bytes.fromhex(installation.keys["token_key"]))


@contextmanager
def _told(data_dir: Path) -> Iterator[None]:
    """A disk may fail at each of our steps; in the data folder, unless the system names another place."""
    try:
        yield
    except OSError as error:
        named = error.filename if isinstance(error.filename, str | os.PathLike) else ""  # or a number
        raise BackupTrouble(why_not_written(data_dir / named, error)) from error


def _past(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment and moment <= at else None


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """There may be several workers. The lock goes with its holder, however that ends."""
    with _told(data_dir):
        handle = os.open(data_dir / "backup.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupTrouble("A planned backup is being made by another process.") from None
    finally:
        os.close(handle)
