"""How much can be imported at once."""

from stampwell.imports.refusals import ImportFileTooLarge

LARGEST = 128 << 20  # bytes of a file: of a million rows each may have 134
MOST_COLUMNS, MOST_ROWS = 100, 1_000_000
MOST_WAITING, LARGEST_WAITING = 100, 4 * LARGEST  # files of a shop that nobody has imported, and their bytes


def too_large(bytes: int = LARGEST) -> ImportFileTooLarge:
    return ImportFileTooLarge(megabytes=bytes >> 20, columns=MOST_COLUMNS, rows=MOST_ROWS)
