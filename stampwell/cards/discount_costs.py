"""About what a discount would have cost a shop, by the purchases of which it knows the amount.

How much comes off a purchase is asked of the one rule that tills are answered by (`vouchers.discounts`). What was in a
purchase is not known, only what it cost.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.cards.replaying import MOST_OF_CARD, read_sample
from stampwell.draws.seeds import PARTS
from stampwell.events.actors import OF_PURCHASES
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_rules import DiscountRule
from stampwell.transactions import Statements, read_aside
from stampwell.vouchers.discounts import Line, take_off

MOST_PURCHASES = 50_000


class Purchases(msgspec.Struct, frozen=True):
    """How often each amount was paid, and how many purchases have none, on all cards: scaled up where a part of them
    was looked at.
    """

    times: dict[int, int]
    without: int

    @property
    def known(self) -> int:
        return sum(self.times.values())


class Average(msgspec.Struct, frozen=True):
    """What comes off `purchases` together: those for which the rule holds."""

    off: int
    purchases: int

    def of(self, rewards: int, *, odds: int = PARTS) -> int:
        """Where the discount comes with so many hundredths of a percent of them."""
        whole = self.purchases * PARTS
        return (self.off * rewards * odds + whole // 2) // whole


class _Times(msgspec.Struct, frozen=True):
    amount: int | None
    times: int


_TIMES = f"""
    SELECT s.amount, count(*) AS times
    FROM card c
    JOIN stamp s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
    LEFT JOIN stamp u ON u.merchant_id = s.merchant_id AND u.reverses_id = s.id
    WHERE c.merchant_id = %(merchant)s AND c.program_id = %(program)s
        AND mod(abs(hashtext(c.id::text)::bigint), %(one_in)s::int) = 0 AND c.revision <= %(most)s
        AND s.at >= %(since)s AND s.at <= %(until)s
        AND s.source IN {OF_PURCHASES} AND s.merge_id IS NULL AND s.reverses_id IS NULL AND u.id IS NULL
        AND (s.amount IS NULL OR s.currency = %(currency)s)
    GROUP BY s.amount
"""


def read_purchases(
    merchant: Merchant, program_id: UUID, currency: str, *, since: datetime, until: datetime, most: int = MOST_PURCHASES
) -> Purchases:
    """Those that got a stamp in that time which was not undone."""

    def read(tx: Statements) -> Purchases:
        sample = read_sample(tx, program_id, most_cards=most, most_stamps=most, most_of_card=MOST_OF_CARD)
        wanted = sample.facts | {"since": since, "until": until, "currency": currency}
        rows = tx.rows(_Times, _TIMES, wanted)
        times = {row.amount: row.times * sample.one_in for row in rows if row.amount}
        return Purchases(times, sum(row.times for row in rows if not row.amount) * sample.one_in)

    return read_aside(merchant.id, read)


def average_off(rule: DiscountRule, purchases: Purchases) -> Average | None:
    """None where there was no purchase for which the rule holds, as of a free item, for which the price of all of a
    purchase says nothing.
    """
    off = {amount: take_off(rule, [Line(amount=amount)]).amount for amount in purchases.times}
    holds = sum(times for amount, times in purchases.times.items() if off[amount])
    together = sum(off[amount] * times for amount, times in purchases.times.items())
    return Average(together, holds) if holds else None
