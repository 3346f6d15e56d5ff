"""The ids of what becomes of a row: made of the import and the row's number, before anything is written.

So a row whose piece was committed could not be written a second time, whatever happens; what an import has made is
found again without a list of it; and events of one piece, which have one moment, are in the order of the rows. They
are UUIDv7 like all others: of the moment at which the file was received, then the row, then what it is, then a digest.
"""

from datetime import datetime
from enum import IntEnum
from hashlib import blake2b
from uuid import UUID

from stampwell.clock import id_at

MOST_ROWS = 1 << 24
_LOW = (1 << 12) - 1


class Purpose(IntEnum):
    CUSTOMER = 0
    CARD = 1
    ISSUED = 2  # the event
    STAMP = 3
    STAMPED = 4  # the event


class LineIds:
    def __init__(self, import_id: UUID, received: datetime) -> None:
        self._key, self._beginning = import_id.bytes, id_at(received).int

    def of(self, row: int, purpose: Purpose) -> UUID:
        assert 0 < row < MOST_ROWS
        digest = blake2b(row.to_bytes(3) + bytes([purpose]), key=self._key, digest_size=8).digest()
        chance = int.from_bytes(digest) >> 17  # 47 bits
        return UUID(int=self._beginning | row >> 12 << 64 | (row & _LOW) << 50 | purpose << 47 | chance)

    def rows_between(self, first: int, last: int, purpose: Purpose) -> list[UUID]:
        return [self.of(row, purpose) for row in range(first, last + 1)]


def row_of(id: UUID) -> int:
    """Of an id that was made here."""
    return (id.int >> 64 & _LOW) << 12 | id.int >> 50 & _LOW
