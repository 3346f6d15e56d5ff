"""The ids of what becomes of a row: made of the file and the row's number, before anything is written.

So a row whose piece was committed could not be written a second time, whatever happens; what a file has become is
found again without a list of it; and events of one piece, which have one moment, are in the order of the rows. They
are UUIDv7 like all others: of the moment at which the file was received, then the row, then what it is, then a digest.
"""

from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from stampwell.clock import id_at

MOST_ROWS, MOST_PURPOSES = 1 << 24, 8
_LOW = (1 << 12) - 1


class LineIds:
    """`purpose` says what of a row it is: a small number, from 0 on."""

    def __init__(self, sheet_id: UUID, received: datetime) -> None:
        self._key, self._beginning = sheet_id.bytes, id_at(received).int

    def of(self, row: int, purpose: int) -> UUID:
        assert 0 < row < MOST_ROWS
        assert 0 <= purpose < MOST_PURPOSES
        digest = blake2b((row << 8 | purpose).to_bytes(4), key=self._key, digest_size=8).digest()
        chance = int.from_bytes(digest) >> 17  # 47 bits
        return UUID(int=self._beginning | row >> 12 << 64 | (row & _LOW) << 50 | purpose << 47 | chance)

    def rows_between(self, first: int, last: int, purpose: int) -> list[UUID]:
        return [self.of(row, purpose) for row in range(first, last + 1)]


def row_of(id: UUID) -> int:
    """Of an id that was made here."""
    return (id.int >> 64 & _LOW) << 12 | id.int >> 50 & _LOW
