"""Starts a planned backup when one is due, in a process of its own: however long it takes, it holds up nothing."""

import logging
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from stampwell.backups.configuration import read_plan
from stampwell.backups.planned import is_due
from stampwell.backups.record import last_backup, note_failure
from stampwell.backups.trouble import BackupTrouble
from stampwell.clock import now
from stampwell.database.leash import on_leash

log = logging.getLogger(__name__)
_running: "subprocess.Popen[bytes] | None" = None


def back_up_when_due(data_dir: Path) -> None:
    """One look. What a backup has to say goes where the log goes."""
    global _running
    if _running is not None:
        if _running.poll() is None:
            return
        _note_end(data_dir, _running)
        _running = None
    try:
        due = is_due(read_plan(), last_backup(data_dir), now())
    except BackupTrouble as trouble:
        log.error("No backup is made: %s", trouble)
        note_failure(data_dir, str(trouble))
        return
    if due:
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


def _note_end(data_dir: Path, ended: "subprocess.Popen[bytes]") -> None:
    """One that could say why it failed has noted it; a killed one could not."""
    if ended.returncode < 0:
        note_failure(data_dir, f"The backup was ended from outside (signal {-ended.returncode}).")
    if ended.returncode:
        log.error("The planned backup failed: %s", last_backup(data_dir).trouble or f"exit code {ended.returncode}")
