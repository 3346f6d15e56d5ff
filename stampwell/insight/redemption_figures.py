"""Reading in which ways rewards were used: a question costs by its days, however many rewards there were."""

from collections import Counter, defaultdict
from datetime import date
from uuid import UUID

import msgspec

from stampwell.insight.redemption_totals import Way
from stampwell.transactions import Statements


class Redemptions(msgspec.Struct, frozen=True):
    """How many rewards were used in each way, less those that were taken back, of all programs and of each.

    A reward that was used where the shop was before, and taken back here, was never counted: it takes nothing off.
    """

    ways: Counter[Way]
    programs: dict[UUID | None, Counter[Way]]

    @property
    def all(self) -> int:
        return sum(self.ways.values())


class _Row(msgspec.Struct, frozen=True):
    way: Way
    program_id: UUID | None
    times: int


_READ = """
    SELECT way, program_id, sum(times)::int AS times FROM redemption_total
    WHERE merchant_id = %s AND day BETWEEN %s AND %s AND times > 0 GROUP BY 1, 2
"""


def count_redemptions(tx: Statements, first: date, last: date) -> Redemptions:
    found = Redemptions(Counter(), defaultdict(Counter))
    for row in tx.rows(_Row, _READ, (tx.merchant_id, first, last)):
        found.ways[row.way] += row.times
        found.programs[row.program_id][row.way] += row.times
    return found
