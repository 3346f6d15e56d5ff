"""What rewards cost against what regulars bring, and what is owed, in words of money: for owners and managers."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stampwell.ids import public_id
from stampwell.insight.money_figures import Worth, count_worth
from stampwell.languages.formatting import Money, format_list, format_money, format_percent
from stampwell.merchants.models import Merchant
from stampwell.transactions import read_aside
from stampwell.web.dashboard.figures.share_bar import draw_share


class MoneyRow(msgspec.Struct, frozen=True):
    """What cannot be reckoned is "". `program` is a public id, "" for the sum of a currency."""

    name: str
    program: str
    handed_out: int
    cost: str
    visits: int
    brought: str
    share: str
    bar: SafeString


class MoneyFigures(msgspec.Struct, frozen=True):
    """`unpriced` are the public ids and names of programs of which nobody said what a reward costs."""

    rows: list[MoneyRow]
    unpriced: list[tuple[str, str]]
    ready_owed: str
    pending_owed: str
    stamps_owed: str
    all_owed: str


def money_figures_of(
    merchant: Merchant, first: date, last: date, *, program: UUID | None, names: Mapping[UUID, str], open: set[UUID]
) -> MoneyFigures:
    """`names` are of all programs of the shop; only those in `open` are asked a price for."""
    worths = read_aside(merchant.id, lambda tx: count_worth(tx, first, last, program=program))
    priced = {worth.program_id for worth in worths if worth.reward_cost is not None}
    ready, pending, stamps = (
        [(worth.currency, owed) for worth in worths if (owed := getattr(worth, name)) is not None]
        for name in ("ready_owed", "pending_owed", "stamps_owed")
    )
    return MoneyFigures(
        rows=[*(_row(names.get(worth.program_id, ""), worth) for worth in worths), *_sums(worths)],
        unpriced=[
            (public_id("prg", id), name)
            for id, name in names.items()
            if id in open and id not in priced and program in (None, id)
        ],
        ready_owed=_say_sums(ready),
        pending_owed=_say_sums(pending),
        stamps_owed=_say_sums(stamps),
        all_owed=_say_sums([*ready, *pending, *stamps]),
    )


def _sums(worths: list[Worth]) -> list[MoneyRow]:
    """One for each currency in which there is more than one program."""
    found: dict[str, list[Worth]] = {}
    for worth in worths:
        found.setdefault(worth.currency, []).append(worth)
    return [
        _row_of(
            _("All programs"),
            currency,
            handed_out=sum(one.handed_out for one in those),
            visits=sum(one.visits for one in those),
            cost=_sum(one.cost for one in those),
            brought=_sum(one.brought for one in those),
        )
        for currency, those in found.items()
        if len(those) > 1
    ]


def _row(name: str, worth: Worth) -> MoneyRow:
    return _row_of(
        name,
        worth.currency,
        program=public_id("prg", worth.program_id),
        handed_out=worth.handed_out,
        visits=worth.visits,
        cost=worth.cost,
        brought=worth.brought,
    )


def _row_of(
    name: str, currency: str, *, handed_out: int, visits: int, cost: int | None, brought: int | None, program: str = ""
) -> MoneyRow:
    return MoneyRow(
        name=name,
        program=program,
        handed_out=handed_out,
        cost=_say(cost, currency),
        visits=visits,
        brought=_say(brought, currency),
        share=format_percent(cost / brought) if cost is not None and brought else "",
        bar=draw_share(cost or 0, brought or 0),
    )


def _say(minor: int | None, currency: str) -> str:
    return "" if minor is None else format_money(Money(minor, currency))


def _sum(amounts: Iterable[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _say_sums(amounts: Iterable[tuple[str, int]]) -> str:
    """One sum for each currency; "" where there is none at all."""
    sums: dict[str, int] = {}
    for currency, minor in amounts:
        sums[currency] = sums.get(currency, 0) + minor
    return format_list([format_money(Money(minor, currency)) for currency, minor in sums.items()]) if sums else ""
