"""Reads the tables that are drawn in a module's docstring, so that a test holds them to the code."""

import re
from types import ModuleType


def read_table(module: ModuleType, first_column: str) -> dict[str, dict[str, str]]:
    """Each row by what stands in its first column; its cells by the names of the columns.

    The line of dashes under the names says where the columns are. A row with an empty first cell goes on above.
    """
    lines = (module.__doc__ or "").splitlines()
    (head,) = [place for place, line in enumerate(lines) if line.split()[:1] == [first_column]]
    spans = [found.span() for found in re.finditer(r"-+", lines[head + 1])]
    names = [lines[head][begin:end].strip() for begin, end in spans]
    rows: dict[str, dict[str, str]] = {}
    for line in lines[head + 2 :]:
        if not line.strip():
            break
        cells = [line[begin:end].strip() for begin, end in spans]
        if cells[0]:
            rows[cells[0]] = dict(zip(names[1:], cells[1:], strict=True))
    return rows
