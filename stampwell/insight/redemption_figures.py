"""Reading in which ways rewards were used: a question costs by its days, however many rewards there were."""

from collections import Counter, defaultdict
from datetime import date
from uuid import UUID

import msgspec

from stampwell.insight.redemption_totals import Way
from stampwell.transactions import Statements


class Redemptions(msgspec.Struct, frozen=True):
    """How many rewards were used in each way, less those that were taken back, of all programs and of each.

    `seconds` is how many took so long at the counter, of those of which that is known.
    """

    ways: Counter[Way]
    programs: dict[UUID | None, Counter[Way]]
    seconds: Counter[int]

    @property
    def all(self) -> int:
        return sum(self.ways.values())


class _Row(msgspec.Struct, frozen=True):
    way: Way
    program_id: UUID | None
    seconds: int | None
    times: int


_READ = """
    SELECT way, program_id, seconds, sum(times)::int AS times FROM redemption_total
    WHERE merchant_id = %s AND day BETWEEN %s AND %s GROUP BY 1, 2, 3 HAVING sum(times) <> 0
"""


def count_redemptions(tx: Statements, first: date, last: date) -> Redemptions:
    found = Redemptions(Counter(), defaultdict(Counter), Counter())
    for row in tx.rows(_Row, _READ, (tx.merchant_id, first, last)):
        if row.seconds is None:
            found.ways[row.way] += row.times
            found.programs[row.program_id][row.way] += row.times
        else:
            found.seconds[row.seconds] += row.times
    return found
