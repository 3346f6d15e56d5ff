"""The rows that a check found wrong, in a file beside the rows: a line `ROW,FAULT` for each, in their order."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from stampwell.sheets.refusals import SheetGone


def write_fault(stream: BinaryIO, row: int, fault: str) -> None:
    stream.write(f"{row},{fault}\n".encode())


def read_faults(file: Path) -> Iterator[tuple[int, str]]:
    """Refuses: SheetGone."""
    try:
        stream = file.open(encoding="ascii")
    except FileNotFoundError:
        raise SheetGone from None
    with stream:
        for line in stream:
            row, _comma, fault = line.rstrip("\n").partition(",")
            yield int(row), fault
