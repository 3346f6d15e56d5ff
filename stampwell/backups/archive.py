"""The archive: a tar of small members, written and read in one pass, with a checksum of each.

The reader takes far less than tar can hold: plain files with names of ours, in our order. So links, devices, sparse
files, extended headers and paths that lead elsewhere cannot even be told to it.
"""

import hashlib
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from stampwell.backups.manifest import CHECKSUM, FIRST, FORMAT, HEADING, MANIFEST, Member, require_format
from stampwell.backups.trouble import BackupTrouble
from stampwell.clock import now

BLOCK = tarfile.BLOCKSIZE
PART = 16 * 1024 * 1024  # the database lies in parts, for its size is known only when it was written
SMALL = 4 * 1024 * 1024  # no other member is larger
MOST_SMALL = 10_000
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
NAMES = re.compile(
    rf"{re.escape(FIRST)}|{re.escape(MANIFEST)}|{re.escape(CHECKSUM)}|settings\.env"
    rf"|(?:data|configured)(?:/{_SEGMENT}){{1,5}}"
)


@dataclass(frozen=True)
class Form:
    """Which members an archive of this kind has. The `first` one begins with the heading and the form's number.

    What is `small` is kept while it is read, the `parts` are handed out.
    """

    noun: str
    first: str
    heading: str
    number: int
    small: re.Pattern[str]
    parts: re.Pattern[str]

    def knows(self, name: str) -> bool:
        return bool(self.small.fullmatch(name) or self.parts.fullmatch(name))


BACKUP = Form("backup", FIRST, HEADING, FORMAT, NAMES, re.compile(r"database/\d{7}"))


class Source(Protocol):
    """Answers with fewer bytes than asked for at its end only."""

    def read(self, size: int, /) -> bytes: ...


class Target(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Writing:
    """The members that were written so far."""

    def __init__(self, target: Target, form: Form = BACKUP) -> None:
        self._target, self._form = target, form
        self.members: list[Member] = []

    def add(self, name: str, data: bytes) -> None:
        assert self._form.knows(name), name
        header = tarfile.TarInfo(name)
        header.size, header.mode, header.mtime = len(data), 0o600, int(now().timestamp())
        self._target.write(header.tobuf(tarfile.USTAR_FORMAT))
        self._target.write(data)
        self._target.write(bytes(-len(data) % BLOCK))
        self.members.append(Member(name, len(data), hashlib.sha256(data).hexdigest()))

    def add_database(self, dump: Source) -> Iterator[int]:
        """Tells after each part how many bytes it had."""
        number = 0
        while part := dump.read(PART):
            self.add(f"database/{number:07}", part)
            number += 1
            yield len(part)

    def finish(self) -> None:
        """The two empty blocks by which tar knows the end."""
        self._target.write(bytes(2 * BLOCK))


@dataclass
class Reading:
    """One pass over the members; those that are small are kept, those of the database are handed out."""

    source: Source
    form: Form = BACKUP
    members: list[Member] = field(default_factory=list)
    small: dict[str, bytes] = field(default_factory=dict)

    def parts(self) -> Iterator[bytes]:
        """The parts, each the newest of the `members`; after the last one `small` and `members` hold the rest."""
        while header := self._header():
            if self.form.parts.fullmatch(header.name):
                yield self._content(header, most=PART)
            elif len(self.small) < MOST_SMALL:
                content = self.small[header.name] = self._content(header, most=SMALL)
                if header.name == self.form.first:
                    require_format(content, self.form.heading, self.form.number, noun=self.form.noun)
            else:
                raise self._foreign(header.name)

    def _header(self) -> tarfile.TarInfo | None:
        block = self._read(BLOCK)
        if block == bytes(BLOCK) and self.members:
            self._require_end()
            return None
        try:
            header = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        except (tarfile.HeaderError, ValueError):
            if not self.members:
                raise BackupTrouble(f"The file is no {self.form.noun} of Stampwell.") from None
            raise BackupTrouble("The archive is damaged.") from None
        if not self.members and header.name != self.form.first:
            raise BackupTrouble(f"The file is no {self.form.noun} of Stampwell.")
        if not self._is_ours(header) or header.name in self.small:
            raise self._foreign(header.name)
        return header

    def _content(self, header: tarfile.TarInfo, *, most: int) -> bytes:
        if not 0 <= header.size <= most:
            raise self._foreign(header.name)
        data = self._read(header.size)
        self._read(-header.size % BLOCK)
        self.members.append(Member(header.name, len(data), hashlib.sha256(data).hexdigest()))
        return data

    def _read(self, size: int) -> bytes:
        data = self.source.read(size)
        if len(data) < size:
            if not self.members:
                raise BackupTrouble(f"The file is no {self.form.noun} of Stampwell.")
            raise BackupTrouble("The archive is cut off: a part of it is missing.")
        return data

    def _require_end(self) -> None:
        if self._read(BLOCK) != bytes(BLOCK):
            raise BackupTrouble("The archive is damaged.")
        while rest := self.source.read(64 * 1024):  # tar itself may have filled the last record
            if rest.strip(b"\0"):
                raise BackupTrouble("Something follows behind the end of the archive: it was not made by us.")

    def _is_ours(self, header: tarfile.TarInfo) -> bool:
        is_plain = header.type in (tarfile.REGTYPE, tarfile.AREGTYPE)
        return self.form.knows(header.name) and is_plain and ".." not in header.name.split("/")

    def _foreign(self, name: str) -> BackupTrouble:
        shown = "".join(letter if letter.isprintable() else "?" for letter in name[:100])
        return BackupTrouble(
            f"The archive holds “{shown}”, which no {self.form.noun} of ours holds: it was not made by Stampwell."
        )
