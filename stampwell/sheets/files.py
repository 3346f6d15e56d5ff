"""Where the files lie: in the data folder, a folder for each shop, for their owner alone. Backups leave them out."""

import shutil
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings

from stampwell.clock import now
from stampwell.sheets.refusals import SheetGone


def sheets_folder() -> Path:
    """By the name that it had when customers were all that was brought in."""
    return Path(settings.DATA_DIR) / "imports"


def file_of(merchant_id: UUID, sheet_id: UUID) -> Path:
    """The rows, as CSV."""
    return sheets_folder() / merchant_id.hex / f"{sheet_id.hex}.csv"


def faults_of(merchant_id: UUID, sheet_id: UUID, check_job_id: UUID) -> Path:
    """What a check found wrong; another check has another file."""
    return sheets_folder() / merchant_id.hex / f"{sheet_id.hex}-{check_job_id.hex}.faults"


def make_folder_for(file: Path) -> None:
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, exist_ok=True)


def digest_of(file: Path) -> bytes:
    """Refuses: SheetGone."""
    try:
        with file.open("rb") as stream:
            whole = sha256()
            while piece := stream.read(1 << 20):
                whole.update(piece)
    except FileNotFoundError:
        raise SheetGone from None
    return whole.digest()


def unchanged_file(merchant_id: UUID, sheet_id: UUID, digest: bytes) -> Path:
    """Refuses: SheetGone, also where another file has taken its place."""
    file = file_of(merchant_id, sheet_id)
    if digest_of(file) != digest:
        raise SheetGone
    return file


def forget_rows(merchant_id: UUID, sheet_id: UUID) -> None:
    """What the rows say. Which of them were left out stays for a while: those are numbers."""
    file_of(merchant_id, sheet_id).unlink(missing_ok=True)


def forget_files_of(merchant_id: UUID) -> None:
    shutil.rmtree(sheets_folder() / merchant_id.hex, ignore_errors=True)


def forget_files_older_than(age: timedelta) -> None:
    for file in sheets_folder().glob("*/*"):
        with suppress(FileNotFoundError):
            if now().timestamp() - file.stat().st_mtime > age.total_seconds():
                file.unlink()
