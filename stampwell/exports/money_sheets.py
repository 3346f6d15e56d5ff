"""What rewards cost against what regulars bring in, by month, and what is owed now: the estimates of the page of
figures, in whole units of their currency so that a spreadsheet can reckon with them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.exports.program_names import program_names
from stampwell.exports.sheets import Column, Piece, Row, Sheet
from stampwell.insight.customer_figures import count_standing
from stampwell.insight.money_figures import Worth, count_worth
from stampwell.insight.odd_months import months_later
from stampwell.languages.formatting import minor_digits
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements

_FIRST = "SELECT min(day) FROM monthly_total WHERE merchant_id = %s"


def costs_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    today = local_day(merchant, now())

    def read(tx: Statements, after: str) -> Piece:
        """A month."""
        first = date.fromisoformat(after) if after else tx.value(date, _FIRST, (tx.merchant_id,)) or today
        month, following = first.replace(day=1), months_later(first, 1)
        names = program_names(merchant)
        rows: list[Row] = [
            [
                month,
                names.get(worth.program_id, ""),
                worth.handed_out,
                _amount(worth.cost, worth.currency),
                worth.visits,
                _amount(worth.brought, worth.currency),
                worth.currency,
            ]
            for worth in count_worth(tx, month, min(following - timedelta(days=1), today))
        ]
        return Piece(rows, following.isoformat() if following <= today else None)

    return Sheet(_columns_of_costs(), lambda _tx: None, read)


def owed_sheet(merchant: Merchant, _wanted: Mapping[str, str]) -> Sheet:
    today = local_day(merchant, now())

    def read(tx: Statements, _after: str) -> Piece:
        rows: list[Row] = []
        for id, name in program_names(merchant).items():
            standing = count_standing(tx, program=id)
            priced = [one for one in count_worth(tx, today, today, program=id) if one.reward_cost is not None]
            counts = [standing.ready, standing.pending, sum(standing.collected.values())]
            rows.append([name, *counts, *_owed(next(iter(priced), None))])
        return Piece(rows, None)

    return Sheet(_columns_of_owed(), lambda _tx: None, read)


def _columns_of_costs() -> list[Column]:
    return [
        Column("month", _("Month")),
        Column("program", _("Program")),
        Column("handed_out", _("Rewards handed out")),
        Column("cost", _("Cost")),
        Column("visits", _("Visits of regulars")),
        Column("revenue", _("Revenue")),
        Column("currency", _("Currency")),
    ]


def _columns_of_owed() -> list[Column]:
    return [
        Column("program", _("Program")),
        Column("ready", _("Rewards that can be used now")),
        Column("pending", _("Rewards that can be used later")),
        Column("stamps", _("Stamps on cards that are not full")),
        Column("ready_cost", _("Cost of rewards that can be used now")),
        Column("pending_cost", _("Cost of rewards that can be used later")),
        Column("stamps_cost", _("Cost of stamps on cards that are not full")),
        Column("currency", _("Currency")),
    ]


def _owed(worth: Worth | None) -> Row:
    if worth is None:
        return [None, None, None, None]
    owed = (worth.ready_owed, worth.pending_owed, worth.stamps_owed)
    return [*(_amount(minor, worth.currency) for minor in owed), worth.currency]


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(minor).scaleb(-minor_digits(currency))
