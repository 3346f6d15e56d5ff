"""Which column of a report holds the codes, by its cells: where no heading says so, the codes of the shop do."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from stampwell.clock import now
from stampwell.languages.typed import plain_code
from stampwell.reconciling.known_codes import Span, add_single_codes, find_codes_of_many
from stampwell.reconciling.till_lines import key_of
from stampwell.redeem_codes.formats import LONGEST_CODE
from stampwell.sheets.csv_rows import Broken, opened_rows
from stampwell.sheets.headings import LEFT_OUT
from stampwell.transactions import Statements, merchant_transaction

LOOKED_AT, DIFFERENT = 2_000, 300  # rows, and different cells of a column
SHORTEST = 4  # a shorter number may count anything
_SHOWN_WITHIN = timedelta(days=90)


def find_code_column(
    merchant_id: UUID,
    file: Path,
    columns: Sequence[str],
    *,
    encoding: str,
    separator: str,
    settled: Collection[int] = (),
) -> list[str]:
    """The columns with the one among them that names most codes of the shop, where none of those that are thought to
    hold codes names any. What stands in a `settled` place was said by the shop.

    The file is read before anything is asked: nobody waits for that.
    """
    asked = [place for place, field in enumerate(columns) if field in (LEFT_OUT, "code") and place not in settled]
    if any(columns[place] == "code" for place in settled):
        return list(columns)
    cells = _cells_of(file, asked, encoding=encoding, separator=separator)
    with merchant_transaction(merchant_id) as tx:
        ours = _codes_among(tx, {code for counted in cells.values() for code in counted})
    named = {place: sum(times for code, times in cells[place].items() if code in ours) for place in asked}
    best = max(asked, key=lambda place: (named[place], -place), default=None)
    if best is None or not named[best] or any(named[place] for place in asked if columns[place] == "code"):
        return list(columns)
    return ["code" if place == best else LEFT_OUT if field == "code" else field for place, field in enumerate(columns)]


def _cells_of(file: Path, places: Sequence[int], *, encoding: str, separator: str) -> dict[int, Counter[str]]:
    """What may be a code in each of these columns, and how often."""
    found: dict[int, Counter[str]] = {place: Counter() for place in places}
    try:
        with opened_rows(file, encoding=encoding, separator=separator) as rows:
            for _number, cells in islice(rows, 1, LOOKED_AT):
                for place, counted in found.items():
                    # A whole sentence costs more to look at than a code, and a report has two hundred thousand cells.
                    if len(counted) >= DIFFERENT or place >= len(cells) or len(cells[place]) > 2 * LONGEST_CODE:
                        continue
                    code = plain_code(cells[place])
                    if code and len(code) <= LONGEST_CODE and (len(code) >= SHORTEST or not code.isdigit()):
                        counted[code] += 1
    except Broken:
        pass
    return found


def _codes_among(tx: Statements, written: set[str]) -> set[str]:
    written.discard("")
    at = now()
    span = Span(UUID(int=0), since=at - _SHOWN_WITHIN, until=at, asked=at)
    known = find_codes_of_many(tx, span, gives={})
    add_single_codes(tx, known, span, written)
    return {code for code in written if key_of(code) in known.codes or key_of(code) in known.names}
