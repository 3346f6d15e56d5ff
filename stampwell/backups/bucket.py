"""Planned backups in S3, and in whatever else speaks like it. AWS's own variables tell who may write there."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store

from stampwell.backups.replacing import why_not_written
from stampwell.backups.storage import Write
from stampwell.backups.trouble import BackupTrouble


def open_bucket(to: str, workplace: Path) -> "Bucket":
    """A store of one's own on this machine or network has no certificate that everybody trusts, and says so itself."""
    plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
    with _told(to):
        store = S3Store.from_url(to, client_options={"allow_http": plain, "connect_timeout": "10s", "timeout": "600s"})
    return Bucket(store, to, workplace)


class Bucket:
    """The archive is made on the disk first: a snapshot is not held open for the length of a slow upload."""

    def __init__(self, store: ObjectStore, place: str, workplace: Path) -> None:
        self._store, self._place, self._workplace = store, place, workplace

    def names(self) -> list[str]:
        with _told(self._place):
            return [entry["path"] for page in self._store.list() for entry in page]

    def store(self, name: str, write: Write) -> int:
        with tempfile.NamedTemporaryFile(dir=self._workplace, prefix="backup-") as file:  # for its owner alone
            try:
                write(file.file)
                file.flush()
            except OSError as error:
                raise BackupTrouble(why_not_written(Path(file.name), error)) from error
            size = Path(file.name).stat().st_size
            with _told(self._place):
                self._store.put(name, Path(file.name))
                arrived = self._store.head(name)["size"]
        if arrived != size:
            raise BackupTrouble(f"Only {arrived} of {size} bytes arrived in {self._place}.")
        return size

    def delete(self, name: str) -> None:
        with _told(self._place):
            self._store.delete(name)

    def place_of(self, name: str) -> str:
        return f"{self._place.rstrip('/')}/{name}"

    def clear_unfinished(self, is_ours: Callable[[str], bool]) -> None:
        """An upload is there whole or not at all; parts that were left are the bucket's own to clear (lifecycle)."""


@contextmanager
def _told(place: str) -> Iterator[None]:
    """The library's errors hold the whole request; what they begin with is enough."""
    try:
        yield
    except BaseError as error:
        reason = " ".join(str(error).split())[:300]
        raise BackupTrouble(f"{place} could not be used: {type(error).__name__}: {reason}") from None
    except OSError as error:
        raise BackupTrouble(f"{place} could not be used: {error}") from error
