"""What rewards cost against what regulars bring, and what is still owed: an estimate from two prices of the owner.

A regular is a customer who had been here before. Staff may have entered what was spent; a visit without an amount
brings what the owner says that a visit brings. Amounts in two currencies are never added up.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from uuid import UUID

import msgspec

from stampwell.insight.figures import count_by_program
from stampwell.transactions import Statements


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """Of one program in one currency, in minor units; None where there is no price to reckon with.

    `handed_out` has also what went out without a voucher, as the owner decided. `visits` are those of regulars,
    `stamps_owed` the part of a reward that the stamps on cards have come to. A program in whose other currencies
    something was spent has another Worth for each: all in it is None or 0 but `brought`.
    """

    program_id: UUID
    currency: str
    reward_cost: int | None = None
    handed_out: int = 0
    visits: int = 0
    brought: int | None = None
    ready: int = 0
    pending: int = 0
    stamps_owed: int | None = None

    @property
    def cost(self) -> int | None:
        return self._times(self.handed_out)

    @property
    def ready_owed(self) -> int | None:
        return self._times(self.ready)

    @property
    def pending_owed(self) -> int | None:
        return self._times(self.pending)

    def _times(self, count: int) -> int | None:
        return None if self.reward_cost is None else count * self.reward_cost


class _PriceRow(msgspec.Struct, frozen=True):
    """`counts` are the stamps at which the present terms give a reward."""

    id: UUID
    reward_cost: int | None
    visit_value: int | None
    currency: str
    goal: int
    counts: list[int]


class _SpentRow(msgspec.Struct, frozen=True):
    program_id: UUID
    currency: str
    times: int
    amount: int


class _FirstRow(msgspec.Struct, frozen=True):
    program_id: UUID
    times: int


class _StandingRow(msgspec.Struct, frozen=True):
    program_id: UUID
    figure: str
    number: int
    times: int


class _Read(msgspec.Struct, frozen=True):
    """By program."""

    handed_out: dict[UUID | None, int]
    spent: dict[UUID, list[_SpentRow]]
    first_visits: dict[UUID, int]
    standing: dict[UUID, list[_StandingRow]]


_OF = "merchant_id = %(merchant)s AND (%(program)s::uuid IS NULL OR program_id = %(program)s)"
_PRICES = """
    SELECT p.id, p.reward_cost, p.visit_value, coalesce(nullif(p.priced_in, ''), v.currency) AS currency, v.goal,
        ARRAY(
            SELECT m.stamps FROM milestone m WHERE m.merchant_id = v.merchant_id AND m.version_id = v.id ORDER BY 1
        ) AS counts
    FROM program p JOIN program_version v ON v.merchant_id = p.merchant_id AND v.id = p.current_version_id
    WHERE p.merchant_id = %(merchant)s AND (%(program)s::uuid IS NULL OR p.id = %(program)s) ORDER BY p.id
"""
_SPENT = f"""
    SELECT program_id, currency, sum(times)::bigint AS times, sum(amount)::bigint AS amount FROM purchase_total
    WHERE {_OF} AND day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2 ORDER BY 1, 2
"""
# Whole months are read as months, as in `customer_figures`.
_FIRST_VISITS = f"""
    SELECT program_id, sum(times)::bigint AS times FROM card_figure
    WHERE {_OF} AND number = 0 AND (
        figure = 'visit' AND day BETWEEN %(days_from)s AND %(last)s
        OR figure = 'month' AND day >= %(first)s AND day < %(days_from)s
    ) GROUP BY 1
"""
_STANDING = f"""
    SELECT program_id, figure, number, times FROM card_figure
    WHERE {_OF} AND figure IN ('to_go', 'collected', 'open') AND day IS NULL AND times > 0
"""


def count_worth(tx: Statements, first: date, last: date, *, program: UUID | None = None) -> list[Worth]:
    """Of each program that has a price or in which something was spent in these days."""
    days_from = last.replace(day=1) if first.day == 1 else first
    facts = {"merchant": tx.merchant_id, "program": program, "first": first, "last": last, "days_from": days_from}
    counts = count_by_program(tx, first, last, unit="day" if days_from == first else "month")
    read = _Read(
        handed_out={id: counted.handed_out + counted.without_voucher for id, counted in counts.items()},
        spent=_by_program(tx.rows(_SpentRow, _SPENT, facts)),
        first_visits={row.program_id: row.times for row in tx.rows(_FirstRow, _FIRST_VISITS, facts)},
        standing=_by_program(tx.rows(_StandingRow, _STANDING, facts)),
    )
    return [worth for price in tx.rows(_PriceRow, _PRICES, facts) for worth in _worths(price, read)]


def _by_program[Row: (_SpentRow, _StandingRow)](rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.program_id].append(row)
    return found


def _worths(price: _PriceRow, read: _Read) -> list[Worth]:
    spent = {row.currency: row for row in read.spent.get(price.id, [])}
    visits = sum(row.times for row in spent.values())
    regular = max(visits - read.first_visits.get(price.id, 0), 0)
    share = Fraction(regular, visits) if visits > 0 else Fraction(0)
    brought = {code: round(row.amount * share) for code, row in spent.items() if code and row.amount}
    if price.visit_value is not None:
        unnoted = spent[""].times if "" in spent else 0
        brought[price.currency] = brought.get(price.currency, 0) + round(unnoted * share * price.visit_value)
    if price.reward_cost is None and not brought:
        return []
    own = _with_costs(price, read, visits=regular, brought=brought.pop(price.currency, None))
    return [own, *(Worth(program_id=price.id, currency=code, brought=sum) for code, sum in sorted(brought.items()))]


def _with_costs(price: _PriceRow, read: _Read, *, visits: int, brought: int | None) -> Worth:
    standing, cost = read.standing.get(price.id, []), price.reward_cost
    ready, pending = (
        sum(row.times for row in standing if (row.figure, row.number) == ("open", number)) for number in (0, 1)
    )
    return Worth(
        program_id=price.id,
        currency=price.currency,
        reward_cost=cost,
        handed_out=read.handed_out.get(price.id, 0),
        visits=visits,
        brought=brought,
        ready=ready,
        pending=pending,
        stamps_owed=None if cost is None else round(_rewards_on_cards(price, standing) * cost),
    )


def _rewards_on_cards(price: _PriceRow, standing: Iterable[_StandingRow]) -> Fraction:
    """How many rewards the stamps on cards are good for: seven of ten stamps are seven tenths of one.

    With rewards along the way only the stamps since the last one count, by the present terms.
    """
    if len(price.counts) == 1:
        return sum((Fraction(row.times, row.number) for row in standing if row.figure == "collected"), Fraction(0))
    return sum(
        (row.times * _way(price.goal - row.number, price.counts) for row in standing if row.figure == "to_go"),
        Fraction(0),
    )


def _way(stamps: int, counts: list[int]) -> Fraction:
    """Which part of the way from one reward to the next so many stamps have come."""
    last = max((count for count in counts if count <= stamps), default=0)
    following = min((count for count in counts if count > stamps), default=0)
    return Fraction(max(stamps - last, 0), following - last) if following else Fraction(0)
