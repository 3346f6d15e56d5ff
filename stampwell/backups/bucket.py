"""Planned backups in S3, and in whatever else speaks like it. AWS's own variables tell who may write there."""

import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, S3Store

from stampwell.backups.replacing import why_not_written
from stampwell.backups.storage import Write
from stampwell.backups.trouble import BackupTrouble

NO_KEY = "There is no key for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
# Where none is set, Amazon's own machines are asked for one.
_NO_KEY = re.compile(r"//169\.254\.|Missing (Secret)?AccessKey")
_WORKPIECE = "backup-"
_LEFT = re.compile(rf"{_WORKPIECE}[a-z0-9_]{{8}}")  # as tempfile names them
_CODE = re.compile(r"<Code>([\w.-]{1,80})</Code>")
_SENTENCE = re.compile(r"<Message>([^<]{1,300})</Message>")
_TO_DO = {
    "AccessDenied": "The key has to be allowed to list, write, read and delete there.",
    "InvalidAccessKeyId": "See AWS_ACCESS_KEY_ID.",
    "NoSuchBucket": "Make it, or name another one in STAMPWELL_BACKUP_TO.",
    "SignatureDoesNotMatch": "See AWS_SECRET_ACCESS_KEY.",
}


def open_bucket(to: str, workplace: Path) -> "Bucket":
    """A store of one's own on this machine or network has no certificate that everybody trusts, and says so itself."""
    elsewhere = os.environ.get("AWS_ENDPOINT_URL", "")
    if elsewhere and not os.environ.get("AWS_ACCESS_KEY_ID"):
        raise BackupTrouble(f"{to} could not be used. {NO_KEY}")  # or Amazon would be asked for one, for minutes
    plain = elsewhere.lower().startswith("http://")
    with _told(to):
        store = S3Store.from_url(to, client_options={"allow_http": plain, "connect_timeout": "10s", "timeout": "600s"})
    return Bucket(store, to, workplace)


class Bucket:
    """The archive is made on the disk first: a snapshot is not held open for the length of a slow upload."""

    def __init__(self, store: ObjectStore, place: str, workplace: Path) -> None:
        self._store, self._place, self._workplace = store, place, workplace

    def names(self) -> list[str]:
        with _told(self._place):
            return _stoppable(lambda: [entry["path"] for page in self._store.list() for entry in page])

    def store(self, name: str, write: Write) -> int:
        with tempfile.NamedTemporaryFile(dir=self._workplace, prefix=_WORKPIECE) as file:  # for its owner alone
            try:
                write(file.file)
                file.flush()
            except OSError as error:
                raise BackupTrouble(why_not_written(Path(file.name), error)) from error
            size = Path(file.name).stat().st_size
            with _told(self._place):
                _stoppable(lambda: self._store.put(name, Path(file.name)))
                arrived = _stoppable(lambda: self._store.head(name)["size"])
        if arrived != size:
            raise BackupTrouble(f"Only {arrived} of {size} bytes arrived in {self._place}.")
        return size

    def delete(self, name: str) -> None:
        with _told(self._place):
            _stoppable(lambda: self._store.delete(name))

    def place_of(self, name: str) -> str:
        return f"{self._place.rstrip('/')}/{name}"

    def clear_unfinished(self, is_ours: Callable[[str], bool]) -> None:
        """What one that was killed left on the disk, which is not named for anybody. In the bucket an upload is there
        whole or not at all; parts that were left are its own to clear (lifecycle).
        """
        for entry in self._workplace.iterdir():
            if _LEFT.fullmatch(entry.name) and entry.is_file():
                entry.unlink(missing_ok=True)


def _stoppable[T](work: Callable[[], T]) -> T:
    """The library waits where Python hears of no signal, for minutes. So it waits aside, and goes with the process."""
    done: Future[T] = Future()

    def _work() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # raised again where it is waited for
            done.set_exception(error)

    threading.Thread(target=_work, name="bucket", daemon=True).start()
    return done.result()


@contextmanager
def _told(place: str) -> Iterator[None]:
    """The library's errors hold the whole request, also those that it raises as Python's own."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise BackupTrouble(f"{place} could not be used. {_reason(str(error))}") from None


def _reason(words: str) -> str:
    """What the store answers is in XML: its code and sentence, and never what it quotes of the request."""
    if _NO_KEY.search(words):
        return NO_KEY
    if code := _CODE.search(words):
        said = _SENTENCE.search(words)
        return f"The store says {code[1]}: {said[1] if said else 'nothing more'} {_TO_DO.get(code[1], '')}".rstrip()
    return f"The reason: {' '.join(words.partition('Debug source')[0].split())[:300]}"
