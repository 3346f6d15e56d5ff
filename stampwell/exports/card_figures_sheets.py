"""What the page of figures tells beside who comes and goes: refused scans, how soon rewards are handed out, how full
the cards are. As many rows as there are months, programs and reasons, however much happened.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.exports.program_names import program_names
from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.merchants.models import Merchant
from stampwell.refusal import REFUSALS
from stampwell.transactions import Statements

type Names = Mapping[UUID | None, str]


class _RefusedRow(msgspec.Struct, frozen=True):
    month: date
    program_id: UUID | None
    reason: str
    times: int


class _WaitedRow(msgspec.Struct, frozen=True):
    month: date
    program_id: UUID
    days: int
    times: int


class _FullRow(msgspec.Struct, frozen=True):
    program_id: UUID
    to_go: int
    cards: int


_REFUSED = """
    SELECT date_trunc('month', day)::date AS month, program_id, reason, sum(times)::bigint AS times FROM refusal_total
    WHERE merchant_id = %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC, 3
"""
_WAITED = """
    SELECT date_trunc('month', day)::date AS month, program_id, number AS days, sum(times)::bigint AS times
    FROM card_figure WHERE merchant_id = %s AND figure = 'waited'
    GROUP BY 1, 2, 3 HAVING sum(times) > 0 ORDER BY 1, 2, 3
"""
_FULL = """
    SELECT program_id, number AS to_go, sum(times)::bigint AS cards FROM card_figure
    WHERE merchant_id = %s AND figure = 'to_go' AND day IS NULL GROUP BY 1, 2 HAVING sum(times) > 0 ORDER BY 1, 2
"""


def refusals_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    columns = [
        Column("month", _("Month")),
        Column("program", _("Program")),
        Column("reason", _("Reason")),
        Column("scans", _("Scans")),
        Column("code"),
    ]

    def rows(tx: Statements, names: Names) -> Iterable[Row]:
        for one in tx.rows(_RefusedRow, _REFUSED, (tx.merchant_id,)):
            title = str(REFUSALS[one.reason].title) if one.reason in REFUSALS else one.reason
            yield [one.month, names.get(one.program_id, ""), title, one.times, one.reason]

    return _whole(merchant, columns, rows)


def waiting_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    columns = [
        Column("month", _("Month")),
        Column("program", _("Program")),
        Column("days", _("Days from ready to handed out")),
        Column("rewards", _("Rewards")),
    ]

    def rows(tx: Statements, names: Names) -> Iterable[Row]:
        for one in tx.rows(_WaitedRow, _WAITED, (tx.merchant_id,)):
            yield [one.month, names.get(one.program_id, ""), one.days, one.times]

    return _whole(merchant, columns, rows)


def fullness_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    columns = [
        Column("program", _("Program")),
        Column("to_go", _("Stamps to go")),
        Column("cards", _("Cards")),
    ]

    def rows(tx: Statements, names: Names) -> Iterable[Row]:
        for one in tx.rows(_FullRow, _FULL, (tx.merchant_id,)):
            yield [names.get(one.program_id, ""), one.to_go, one.cards]

    return _whole(merchant, columns, rows)


def _whole(merchant: Merchant, columns: list[Column], rows: Callable[[Statements, Names], Iterable[Row]]) -> Sheet:
    """All of it at once."""

    def read(tx: Statements, _after: str) -> Piece:
        return Piece(list(rows(tx, program_names(merchant))), None)

    return Sheet(columns, lambda _tx: None, read)
