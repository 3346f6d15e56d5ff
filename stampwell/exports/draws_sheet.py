"""The draws of a program in one month, in the order of their numbers: what an auditor reads, beside the file that
proves them (`programs.draw_proof`). They say of whom by the number of the card alone.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.cards.numbers import group_digits
from stampwell.draws.prizes import Why
from stampwell.draws.rows import DrawRow
from stampwell.exports.sheets import AT_ONCE, Column, Piece, Row, Sheet
from stampwell.ids import public_id, wanted_id
from stampwell.merchants.models import Merchant
from stampwell.programs.draw_proof import next_month
from stampwell.programs.offering import reward_name
from stampwell.programs.terms import terms_of
from stampwell.transactions import Statements, columns_of


class _Listed(DrawRow, frozen=True, kw_only=True):
    version_id: UUID
    short_number: str


class _Span(msgspec.Struct, frozen=True):
    """The numbers of the first and the last draw of the month."""

    first: int | None
    last: int | None


# The days of draws never go back (`draws.chains`), so those of a month have numbers that follow each other.
_SPAN = """
    SELECT min(number) AS first, max(number) AS last FROM draw
    WHERE merchant_id = %s AND program_id = %s AND day >= %s AND day < %s
"""
_NEXT = f"""
    SELECT {columns_of(DrawRow, "d")}, r.version_id, c.short_number
    FROM draw d
    JOIN reward r ON (r.merchant_id, r.id) = (d.merchant_id, d.reward_id)
    JOIN card c ON (c.merchant_id, c.id) = (d.merchant_id, d.card_id)
    WHERE d.merchant_id = %s AND d.program_id = %s AND d.number >= %s AND d.number <= %s ORDER BY d.number LIMIT %s
"""


def draws_sheet(merchant: Merchant, wanted: Mapping[str, str]) -> Sheet:
    program_id, first = wanted_id("prg", wanted["program"]), date.fromisoformat(f"{wanted['month']}-01")

    def span(tx: Statements) -> _Span:
        found = tx.row(_Span, _SPAN, (tx.merchant_id, program_id, first, next_month(first)))
        assert found is not None, "a row without any draws too"
        return found

    def count(tx: Statements) -> int | None:
        numbers = span(tx)
        return numbers.last - numbers.first + 1 if numbers.first and numbers.last else 0

    def read(tx: Statements, place: str) -> Piece:
        if place:
            next_number, last = map(int, place.split("-"))
        else:  # who draws meanwhile is in no piece
            numbers = span(tx)
            next_number, last = numbers.first or 1, numbers.last or 0
        found = tx.rows(_Listed, _NEXT, (tx.merchant_id, program_id, next_number, last, AT_ONCE))
        more = found and found[-1].number < last
        return Piece([_row(merchant, draw) for draw in found], f"{found[-1].number + 1}-{last}" if more else None)

    return Sheet(_columns(), count, read)


def _columns() -> list[Column]:
    return [
        Column("number", _("Number of the draw")),
        Column("at", _("Time")),
        Column("day"),
        Column("short_number", _("Card number")),
        Column("round", _("Round")),
        Column("stamps", _("Stamps")),
        Column("draw", _("Reward")),
        Column("value", _("Number drawn")),
        Column("drawn", _("Prize drawn")),
        Column("given", _("Prize given")),
        Column("why", _("Why another prize")),
        Column("repeats", _("Repeats draw number")),
        Column("taken_back_after", _("Taken back after draw number")),
        Column("seed_day"),
        Column("card_id"),
        Column("reward_id"),
        Column("voucher_id"),
        Column("draw_id", "ID"),
    ]


def _row(merchant: Merchant, draw: _Listed) -> Row:
    terms = terms_of(merchant.id, draw.version_id)
    reward = terms.reward(draw.reward_id)
    return [
        draw.number,
        draw.at,
        draw.day,
        group_digits(draw.short_number),
        draw.round,
        draw.stamps,
        reward_name(terms, reward),
        draw.value,
        reward_name(terms, reward.prizes[draw.drawn].reward),
        reward_name(terms, reward.prizes[draw.given].reward),
        _say_why(draw.why),
        draw.repeats,
        draw.taken_back_after,
        draw.seed_day,
        public_id("crd", draw.card_id),
        public_id("rwd", draw.reward_id),
        public_id("vch", draw.voucher_id) if draw.voucher_id else None,
        public_id("drw", draw.id),
    ]


def _say_why(why: Why) -> str:
    match why:
        case "day":
            return _("The drawn prize had reached its limit for that day.")
        case "stock":
            return _("The drawn prize had run out.")
        case _:
            return ""
