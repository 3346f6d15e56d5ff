"""Starts a planned backup when one is due, in a process of its own: however long it takes, it holds up nothing.

The pauses after failures grow, and they hold also where the disk is so full that no failure can be noted: what could
not be written down is remembered here, until the worker ends.
"""

import logging
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from stampwell.backups.configuration import read_plan
from stampwell.backups.planned import is_due
from stampwell.backups.record import LastBackup, last_backup, note_failure
from stampwell.backups.trouble import BackupTrouble
from stampwell.clock import now
from stampwell.database.leash import on_leash

log = logging.getLogger(__name__)
SAID_EVERY = timedelta(hours=1)  # of settings that cannot work: they stay as they are as long as the worker runs
_running: "subprocess.Popen[bytes] | None" = None
_began: datetime | None = None
_remembered = LastBackup()


def back_up_when_due(data_dir: Path) -> None:
    """One look. What a backup has to say goes where the log goes."""
    global _running, _began
    if _running is not None:
        if _running.poll() is None:
            return
        _note_end(data_dir, _running)
        _running = None
    last = _last(data_dir)
    try:
        due = is_due(read_plan(), last, now())
    except BackupTrouble as trouble:
        _tell(data_dir, last, str(trouble))
        return
    if due:
        _began = now()
        _running = _start(sys.executable, "-m", "stampwell", "backup", "--planned")


def stop_backup(patience: float) -> None:
    """Ends one that is being made, and waits so many seconds while it takes back what is half done."""
    if _running is not None:
        _running.terminate()
        with suppress(subprocess.TimeoutExpired):
            _running.wait(patience)


def _start(*command: str) -> "subprocess.Popen[bytes]":
    """On a leash: it ends with the worker, and leaves nothing half done."""
    return subprocess.Popen(on_leash(*command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603


def _tell(data_dir: Path, last: LastBackup, trouble: str) -> None:
    """Once, and then every hour."""
    global _remembered
    said = _remembered.tried if _remembered.trouble == trouble else None
    if said and timedelta(0) <= now() - said < SAID_EVERY:
        return
    log.error("No backup is made: %s", trouble)
    # No backup was tried: once the settings are right, no longer pause is to be waited for.
    _remembered = note_failure(data_dir, trouble, after=msgspec.structs.replace(last, failures=0))


def _note_end(data_dir: Path, ended: "subprocess.Popen[bytes]") -> None:
    """One that could say why it failed has noted it; a killed one could not, nor one that found the disk full."""
    global _remembered
    if not ended.returncode:
        return
    last = _last(data_dir)
    if ended.returncode < 0:
        _remembered = note_failure(
            data_dir, f"The backup was ended from outside (signal {-ended.returncode}).", after=last
        )
    elif last.tried is None or _began is None or last.tried < _began:
        trouble = f"The backup ended with exit code {ended.returncode} and could not note why; the log says it."
        _remembered = note_failure(data_dir, trouble, after=last)
    log.error("The planned backup failed: %s", _last(data_dir).trouble)


def _last(data_dir: Path) -> LastBackup:
    """What is noted, or what was remembered since."""
    noted = last_backup(data_dir)
    if _remembered.tried is None or (noted.tried and noted.tried >= _remembered.tried):
        return noted
    return _remembered
