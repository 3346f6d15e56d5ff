"""Counting the rewards that a shop would have given under other terms, from the stamps that were really given.

A card is replayed as if the terms had held since its first stamp: with so many stamps it has filled so many rounds and
stands at so many in the next one. What was undone counts for nothing. A program with very many cards is counted on a
part of them, so that an answer never takes long.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms
from stampwell.transactions import Statements, read_aside

MOST_CARDS = 20_000


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What is replayed. A reward is given at each of `counts`, and the goal is the largest of them."""

    counts: tuple[int, ...]
    daily_cap: int | None = None
    minimum_spend: int | None = None

    @property
    def goal(self) -> int:
        return max(self.counts)


class Replayed(msgspec.Struct, frozen=True):
    """The rewards under each of the rules that were asked for. One card in `one_in` was looked at."""

    rewards: list[int]
    one_in: int


# The day of a stamp is the shop's. A stamp that has no amount cannot have been too small a purchase. What came by
# itself or from another card was no purchase, and no daily cap counts it.
_REWARDS = """
    WITH given AS (
        SELECT s.card_id, (s.at AT TIME ZONE %(zone)s)::date AS day, s.at < %(since)s AS before,
            s.source IN ('api', 'scanner', 'owner') AND s.merge_id IS NULL AS capped,
            sum(s.count + coalesce(u.count, 0)) AS stamps
        FROM card c
        JOIN stamp s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
        LEFT JOIN stamp u ON u.merchant_id = s.merchant_id AND u.reverses_id = s.id
        WHERE c.merchant_id = %(merchant)s AND c.program_id = %(program)s
            AND mod(abs(hashtext(c.id::text)::bigint), %(one_in)s::int) = 0
            AND s.reverses_id IS NULL AND s.at <= %(until)s
            AND (%(least)s::bigint IS NULL OR s.amount IS NULL OR s.amount >= %(least)s::bigint)
        GROUP BY 1, 2, 3, 4
    ), counted AS (
        SELECT card_id, before, CASE WHEN capped THEN least(stamps, %(cap)s::bigint) ELSE stamps END AS stamps
        FROM given
    ), reached AS (
        SELECT coalesce(sum(stamps) FILTER (WHERE before), 0) AS earlier, sum(stamps) AS now
        FROM counted GROUP BY card_id
    )
    SELECT coalesce(sum(
        div(now, %(goal)s::int) - div(earlier, %(goal)s::int)
        + (m < %(goal)s::int AND mod(now, %(goal)s::int) >= m)::int
        - (m < %(goal)s::int AND mod(earlier, %(goal)s::int) >= m)::int
    ), 0)::bigint
    FROM reached, unnest(%(counts)s::int[]) m
"""
_CARDS = "SELECT count(*) FROM card WHERE merchant_id = %s AND program_id = %s"


def rules_of(terms: Terms) -> Rules:
    return Rules(
        counts=tuple(step.stamps for step in terms.milestones),
        daily_cap=terms.daily_cap,
        minimum_spend=terms.minimum_spend,
    )


def replay(
    merchant: Merchant,
    program_id: UUID,
    rules: Sequence[Rules],
    *,
    since: datetime,
    until: datetime,
    most_cards: int = MOST_CARDS,
) -> Replayed:
    """How many rewards become ready in that time under each of the rules."""

    def read(tx: Statements) -> Replayed:
        cards = tx.value(int, _CARDS, (tx.merchant_id, program_id)) or 0
        one_in = max(1, -(-cards // most_cards))
        facts = {
            "merchant": tx.merchant_id,
            "program": program_id,
            "zone": merchant.time_zone,
            "since": since,
            "until": until,
            "one_in": one_in,
        }
        return Replayed([_count(tx, facts, one) * one_in for one in rules], one_in)

    return read_aside(merchant.id, read)


def _count(tx: Statements, facts: dict[str, object], rules: Rules) -> int:
    wanted = {
        "least": rules.minimum_spend,
        "cap": rules.daily_cap,
        "goal": rules.goal,
        "counts": list(rules.counts),
    }
    return tx.value(int, _REWARDS, facts | wanted) or 0
