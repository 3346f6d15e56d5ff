"""How large a file may be."""

from typing import Literal

from stampwell.sheets.refusals import SheetTooLarge

LARGEST = 128 << 20  # bytes of a file: of a million rows each may have 134
MOST_COLUMNS, MOST_ROWS = 100, 1_000_000

type Limit = Literal["size", "unpacked", "columns", "rows", "work"]


def too_large(limit: Limit, bytes: int = LARGEST) -> SheetTooLarge:
    """`bytes` is how many a file may have, or unpacked."""
    return SheetTooLarge(limit=limit, megabytes=bytes >> 20, columns=MOST_COLUMNS, rows=MOST_ROWS)
