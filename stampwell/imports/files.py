"""Where the files lie: in the data folder, a folder for each shop, for their owner alone. Backups leave them out."""

import shutil
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings

from stampwell.imports.refusals import ImportFileGone


def imports_folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"


def file_of(merchant_id: UUID, import_id: UUID) -> Path:
    """The rows, as CSV."""
    return imports_folder() / merchant_id.hex / f"{import_id.hex}.csv"


def faults_of(merchant_id: UUID, import_id: UUID, check_job_id: UUID) -> Path:
    """What a check found wrong; another check has another file."""
    return imports_folder() / merchant_id.hex / f"{import_id.hex}-{check_job_id.hex}.faults"


def make_folder_for(file: Path) -> None:
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, exist_ok=True)


def digest_of(file: Path) -> bytes:
    """Refuses: ImportFileGone."""
    try:
        with file.open("rb") as stream:
            whole = sha256()
            while piece := stream.read(1 << 20):
                whole.update(piece)
    except FileNotFoundError:
        raise ImportFileGone from None
    return whole.digest()


def unchanged_file(merchant_id: UUID, import_id: UUID, digest: bytes) -> Path:
    """Refuses: ImportFileGone, also where another file has taken its place."""
    file = file_of(merchant_id, import_id)
    if digest_of(file) != digest:
        raise ImportFileGone
    return file


def forget_rows(merchant_id: UUID, import_id: UUID) -> None:
    """What people are called. Which rows were left out stays for a while: those are numbers."""
    file_of(merchant_id, import_id).unlink(missing_ok=True)


def forget_files_of(merchant_id: UUID) -> None:
    shutil.rmtree(imports_folder() / merchant_id.hex, ignore_errors=True)
