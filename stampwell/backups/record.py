"""When a backup last went well, and how the last try failed: a small file in the data folder.

Not in the database: what is asked when the database is in trouble should not need it, and a restored database would
tell of the backups of another time.
"""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from stampwell.clock import now
from stampwell.whole_files import write_whole

FILE = "last-backup.json"


class LastBackup(msgspec.Struct, frozen=True, kw_only=True):
    """`went_well` is None before the first one. `trouble` is empty when the last try went well, `failures` counts the
    tries since then.
    """

    went_well: datetime | None = None
    tried: datetime | None = None
    trouble: str = ""
    failures: int = 0
    place: str = ""  # of the last good one
    size: int = 0  # its bytes


def last_backup(data_dir: Path) -> LastBackup:
    """Its age is `clock.now() - last_backup(settings.DATA_DIR).went_well`. A file that cannot be read tells nothing."""
    try:
        return msgspec.json.decode((data_dir / FILE).read_bytes(), type=LastBackup)
    except (OSError, msgspec.DecodeError):
        return LastBackup()


def note_success(data_dir: Path, *, place: str, size: int) -> None:
    at = now()
    _write(data_dir, LastBackup(went_well=at, tried=at, place=place, size=size))


def note_failure(data_dir: Path, trouble: str, *, after: LastBackup | None = None) -> LastBackup:
    """What was known of the last good one stays: `after` is that, unless the note itself tells it.

    Where a full disk is the trouble, it cannot be noted; whoever goes on keeps what is returned.
    """
    last = after or last_backup(data_dir)
    failed = msgspec.structs.replace(last, tried=now(), trouble=trouble, failures=last.failures + 1)
    with suppress(OSError):
        _write(data_dir, failed)
    return failed


def _write(data_dir: Path, last: LastBackup) -> None:
    """Also where root made the backup: the user that serves reads it, and goes on writing it."""
    write_whole(data_dir / FILE, msgspec.json.encode(last).decode())
    if os.geteuid() == 0:
        owner = data_dir.stat()
        os.chown(data_dir / FILE, owner.st_uid, owner.st_gid)
