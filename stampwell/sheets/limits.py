"""How large a file may be."""

from stampwell.sheets.refusals import SheetTooLarge

LARGEST = 128 << 20  # bytes of a file: of a million rows each may have 134
MOST_COLUMNS, MOST_ROWS = 100, 1_000_000


def too_large(bytes: int = LARGEST) -> SheetTooLarge:
    return SheetTooLarge(megabytes=bytes >> 20, columns=MOST_COLUMNS, rows=MOST_ROWS)
