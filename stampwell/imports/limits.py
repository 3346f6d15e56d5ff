"""How many files may wait."""

from stampwell.sheets.limits import LARGEST

MOST_WAITING, LARGEST_WAITING = 100, 4 * LARGEST  # files of a shop that nobody has imported, and their bytes
