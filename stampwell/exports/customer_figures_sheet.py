"""How customers come and go, by month and program, as the page of figures tells it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.exports.program_names import program_names
from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.insight.card_figures import STEPS, WEEKS
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements


class _FigureRow(msgspec.Struct, frozen=True):
    month: date
    program_id: UUID | None
    figure: str
    number: int
    times: int


# A card is counted once in a month under `month`: 0 where it had never come before.
_FIGURES = """
    SELECT date_trunc('month', day)::date AS month, program_id, figure,
        CASE WHEN figure = 'month' THEN least(number, 1) ELSE number END AS number, sum(times)::bigint AS times
    FROM card_figure
    WHERE merchant_id = %(merchant)s AND day IS NOT NULL AND figure NOT IN ('visit', 'waited') GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT date_trunc('month', day)::date, program_id, 'refused', 0, sum(times)::bigint
    FROM refusal_total WHERE merchant_id = %(merchant)s GROUP BY 1, 2
"""


def customer_figures_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    def read(tx: Statements, _after: str) -> Piece:
        counted: dict[tuple[date, UUID | None], Counter[tuple[str, int]]] = {}
        for row in tx.rows(_FigureRow, _FIGURES, {"merchant": tx.merchant_id}):
            counted.setdefault((row.month, row.program_id), Counter())[row.figure, row.number] += row.times
        names = program_names(merchant)
        rows = [(month, names.get(program, ""), times) for (month, program), times in counted.items()]
        return Piece([_row(*row) for row in sorted(rows, key=lambda row: row[:2])], None)

    return Sheet(_columns(), lambda _tx: None, read)


def _columns() -> list[Column]:
    return [
        Column("month", _("Month")),
        Column("program", _("Program")),
        Column("came", _("Customers who came")),
        Column("came_first", _("For the first time")),
        Column("came_back", _("Came back")),
        Column("joined", _("New cards")),
        Column("saved", _("Saved in a wallet")),
        Column("first_visit", _("First visit")),
        Column("second_visit", _("Second visit")),
        Column("filled", _("Card full")),
        Column("rewarded", _("Reward handed out")),
        Column("after_1_week", _("After 1 week")),
        Column("after_2_weeks", _("After 2 weeks")),
        Column("after_4_weeks", _("After 4 weeks")),
        Column("after_8_weeks", _("After 8 weeks")),
        Column("refused", _("Scans that were refused")),
    ]


def _row(month: date, program: str, times: Counter[tuple[str, int]]) -> Row:
    first, again = times["month", 0], times["month", 1]
    return [
        month,
        program,
        first + again,
        first,
        again,
        *(times[step, 0] for step in STEPS),
        *(times["still_came", weeks] for weeks in WEEKS),
        times["refused", 0],
    ]
