"""Counting the rewards that a shop would have given under other terms, from the stamps that were really given.

A card is replayed as if the terms had held since its first stamp: with so many stamps it has filled so many rounds and
stands at so many in the next one. What was undone counts for nothing. A program with very many cards or stamps is
counted on a part of its cards, so that an answer never takes long. A card with more changes than anybody's has, such as
that of a till, is left out: it alone could be more than all that may be read.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.events.actors import OF_PURCHASES
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Terms
from stampwell.transactions import Statements, read_aside

MOST_CARDS, MOST_STAMPS, MOST_OF_CARD = 20_000, 400_000, 4_000


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What is replayed. A reward is given at each of `counts`, and the goal is the largest of them."""

    counts: tuple[int, ...]
    daily_cap: int | None = None
    minimum_spend: int | None = None

    @property
    def goal(self) -> int:
        return max(self.counts)


class Replayed(msgspec.Struct, frozen=True):
    """The rewards under each of the rules that were asked for, by the number of stamps at which they are given. One
    card in `one_in` was looked at, and `left_out` cards in no case. `first` is when the first stamp on any of them was
    given; None where there is none."""

    by_count: list[dict[int, int]]
    one_in: int
    left_out: int = 0
    first: datetime | None = None

    @property
    def rewards(self) -> list[int]:
        return [sum(counts.values()) for counts in self.by_count]


class Sample(msgspec.Struct, frozen=True):
    """One card in `one_in` is looked at, `left_out` cards in no case; `facts` are what a statement needs for it."""

    one_in: int
    left_out: int
    facts: dict[str, object]


class _Size(msgspec.Struct, frozen=True):
    """`changes` are at least as many as stamps: each stamp and each undo raises the revision of its card."""

    cards: int
    changes: int
    left_out: int


class _CountRow(msgspec.Struct, frozen=True):
    count: int
    rewards: int


# The day of a stamp is that of its place. One that has no amount cannot have been too small a purchase. What came by
# itself or from another card was no purchase, and no daily cap counts it.
_REWARDS = f"""
    WITH given AS (
        SELECT s.card_id, s.at < %(since)s AS before,
            (s.at AT TIME ZONE coalesce(%(zones)s::jsonb ->> s.location_id::text, %(zone)s))::date AS day,
            s.source IN {OF_PURCHASES} AND s.merge_id IS NULL AS capped,
            sum(s.count + coalesce(u.count, 0)) AS stamps
        FROM card c
        JOIN stamp s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
        LEFT JOIN stamp u ON u.merchant_id = s.merchant_id AND u.reverses_id = s.id
        WHERE c.merchant_id = %(merchant)s AND c.program_id = %(program)s
            AND mod(abs(hashtext(c.id::text)::bigint), %(one_in)s::int) = 0
            AND c.revision <= %(most)s AND s.reverses_id IS NULL AND s.at <= %(until)s
            AND (%(least)s::bigint IS NULL OR s.amount IS NULL OR s.amount >= %(least)s::bigint)
        GROUP BY 1, 2, 3, 4
    ), counted AS (
        SELECT card_id, before, CASE WHEN capped THEN least(stamps, %(cap)s::bigint) ELSE stamps END AS stamps
        FROM given
    ), reached AS (
        SELECT coalesce(sum(stamps) FILTER (WHERE before), 0) AS earlier, sum(stamps) AS now
        FROM counted GROUP BY card_id
    )
    SELECT m AS count, coalesce(sum(
        div(now, %(goal)s::int) - div(earlier, %(goal)s::int)
        + (m < %(goal)s::int AND mod(now, %(goal)s::int) >= m)::int
        - (m < %(goal)s::int AND mod(earlier, %(goal)s::int) >= m)::int
    ), 0)::bigint AS rewards
    FROM unnest(%(counts)s::int[]) m LEFT JOIN reached ON true GROUP BY m
"""
_SIZE = """
    SELECT count(*) FILTER (WHERE revision <= %(most)s) AS cards,
        coalesce(sum(revision) FILTER (WHERE revision <= %(most)s), 0)::bigint AS changes,
        count(*) FILTER (WHERE revision > %(most)s) AS left_out
    FROM card WHERE merchant_id = %(merchant)s AND program_id = %(program)s
"""
# Card by card, so that of each nothing but its first stamp is read.
_FIRST = """
    SELECT min(s.at) FROM card c CROSS JOIN LATERAL (
        SELECT at FROM stamp WHERE merchant_id = %(merchant)s AND card_id = c.id ORDER BY at LIMIT 1
    ) s
    WHERE c.merchant_id = %(merchant)s AND c.program_id = %(program)s AND c.revision <= %(most)s
        AND mod(abs(hashtext(c.id::text)::bigint), %(one_in)s::int) = 0
"""


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
    most_stamps: int = MOST_STAMPS,
    most_of_card: int = MOST_OF_CARD,
) -> Replayed:
    """How many rewards become ready in that time under each of the rules."""

    def read(tx: Statements) -> Replayed:
        sample = read_sample(tx, program_id, most_cards=most_cards, most_stamps=most_stamps, most_of_card=most_of_card)
        facts = sample.facts | {
            "zone": merchant.time_zone,
            "zones": msgspec.json.encode(merchant.location_zones).decode(),
            "since": since,
            "until": until,
        }
        first = tx.value(datetime, _FIRST, facts)
        one_in = sample.one_in
        return Replayed([_count(tx, facts, one, one_in) for one in rules], one_in, sample.left_out, first)

    return read_aside(merchant.id, read)


def read_sample(tx: Statements, program_id: UUID, *, most_cards: int, most_stamps: int, most_of_card: int) -> Sample:
    wanted: dict[str, object] = {"merchant": tx.merchant_id, "program": program_id, "most": most_of_card}
    size = tx.row(_Size, _SIZE, wanted)
    assert size is not None, "a count is a row"
    one_in = max(1, -(-size.cards // most_cards), -(-size.changes // most_stamps))
    return Sample(one_in, size.left_out, wanted | {"one_in": one_in})


def _count(tx: Statements, facts: dict[str, object], rules: Rules, one_in: int) -> dict[int, int]:
    wanted = {
        "least": rules.minimum_spend,
        "cap": rules.daily_cap,
        "goal": rules.goal,
        "counts": list(rules.counts),
    }
    return {row.count: row.rewards * one_in for row in tx.rows(_CountRow, _REWARDS, facts | wanted)}
