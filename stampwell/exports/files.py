"""Where the files lie: in the data folder, a folder for each shop, for their owner alone. Backups leave them out."""

import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings

from stampwell.exports.rows import Ending


def exports_folder() -> Path:
    return Path(settings.DATA_DIR) / "exports"


def file_of(merchant_id: UUID, export_id: UUID, format: Ending) -> Path:
    return exports_folder() / merchant_id.hex / f"{export_id.hex}.{format}"


def make_folder_for(file: Path) -> None:
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, exist_ok=True)


def forget_files_of(merchant_id: UUID) -> None:
    shutil.rmtree(exports_folder() / merchant_id.hex, ignore_errors=True)
