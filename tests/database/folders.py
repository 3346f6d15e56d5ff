"""Data folders for tests of the embedded database."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stampwell.database.account import Account, choose_account
from stampwell.database.places import remove_database


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder that the database's own user can reach, which pytest's `tmp_path` is not for root."""
    folder = Path(tempfile.mkdtemp(prefix="stampwell-drill-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for database in folder.rglob("database"):
            remove_database(database.parent)
        shutil.rmtree(folder)


def account_of(data_dir: Path) -> Account:
    return choose_account(data_dir / "database" / "cluster")


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o7777
