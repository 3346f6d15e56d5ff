"""Making the file of a month that proves its draws."""

import re
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db import connection

from stampwell.draws.chains import chains_of, seed_of_day, told_at, utc_day
from stampwell.draws.proof import DrawProof, PrizeTable, ProvenDraw, SeedChain
from stampwell.draws.rows import DRAW_COLUMNS, ChainRow, DrawRow
from stampwell.draws.seeds import is_within
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.programs.draw_tables import table_of
from stampwell.programs.models import Reward
from stampwell.programs.terms import terms_of
from stampwell.transactions import merchant_transaction

_OF_MONTH = f"""
    SELECT {DRAW_COLUMNS} FROM draw
    WHERE merchant_id = %s AND program_id = %s AND day >= %s AND day < %s ORDER BY number
"""
# Of the months before: what was taken back in this one or later, and what one of this month repeats.
_EARLIER = f"""
    SELECT {DRAW_COLUMNS} FROM draw
    WHERE merchant_id = %(merchant)s AND program_id = %(program)s AND day < %(first)s
        AND (taken_back_after >= %(before)s OR number = ANY(%(repeated)s))
    ORDER BY number
"""
_BEFORE = "SELECT count(*) FROM draw WHERE merchant_id = %s AND program_id = %s AND day < %s"
_GIVEN_BEFORE = """
    SELECT known_as, count(*) AS given FROM draw
    WHERE merchant_id = %(merchant)s AND program_id = %(program)s AND day < %(first)s AND taken_back_after IS NULL
        AND NOT number = ANY(%(earlier)s)
    GROUP BY known_as
"""


class _GivenRow(msgspec.Struct, frozen=True):
    known_as: str
    given: int


_MONTH = re.compile("20[0-9]{2}-(0[1-9]|1[0-2])")


def read_month(text: str) -> date | None:
    """The first day of a month such as 2026-11; None for anything else."""
    return date.fromisoformat(f"{text}-01") if _MONTH.fullmatch(text) else None


def prove_month(merchant: Merchant, program_id: UUID, first: date) -> DrawProof:
    """The draws of the month that begins on `first`, by the shop's clock. Who asks for none has the commitment.

    All of it is of one moment: who draws or undoes meanwhile is in no part of it.
    """
    is_outermost = not connection.in_atomic_block
    with merchant_transaction(merchant.id) as tx:
        if is_outermost:
            tx.write("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        at, chains = told_at(tx), chains_of(tx, program_id)
        draws = tx.rows(DrawRow, _OF_MONTH, (tx.merchant_id, program_id, first, next_month(first)))
        before = tx.value(int, _BEFORE, (tx.merchant_id, program_id, first)) or 0
        facts = {"merchant": tx.merchant_id, "program": program_id, "first": first, "before": before}
        repeated = [draw.repeats for draw in draws if draw.repeats is not None]
        earlier = tx.rows(DrawRow, _EARLIER, facts | {"repeated": repeated})
        given = tx.rows(_GivenRow, _GIVEN_BEFORE, facts | {"earlier": [draw.number for draw in earlier]})
    return DrawProof(
        program_id=public_id("prg", program_id),
        month=f"{first:%Y-%m}",
        made_at=at,
        chains=[SeedChain(commitment=one.commitment.hex(), begins=one.begins, days=one.days) for one in chains],
        seeds=_seeds(chains, {draw.seed_day for draw in [*earlier, *draws]}, at),
        tables=_tables(merchant.id, {draw.reward_id for draw in [*earlier, *draws]}),
        before=before,
        given_before={row.known_as: row.given for row in given},
        earlier=[_proven(draw) for draw in earlier],
        draws=[_proven(draw) for draw in draws],
    )


def _seeds(chains: list[ChainRow], days: set[date], at: datetime) -> dict[date, str]:
    """Of the days that are over: whoever knows one knows those before it, and none after it."""
    found = {}
    for day in sorted(day for day in days if day < utc_day(at)):
        chain = next(one for one in chains if is_within(one.begins, day, days=one.days))
        found[day] = seed_of_day(chain, day).hex()
    return found


def _tables(merchant_id: UUID, draws: set[UUID]) -> dict[str, PrizeTable]:
    rows = Reward.objects.filter(merchant_id=merchant_id, id__in=draws).values_list("id", "version_id")
    tables = {}
    for id, version_id in rows:
        terms = terms_of(merchant_id, version_id)
        tables[public_id("rwd", id)] = table_of(terms, terms.reward(id))
    return tables


def _proven(draw: DrawRow) -> ProvenDraw:
    return ProvenDraw(
        number=draw.number,
        at=draw.at,
        day=draw.day,
        table=public_id("rwd", draw.reward_id),
        card_id=public_id("crd", draw.card_id),
        round=draw.round,
        stamps=draw.stamps,
        seed_day=draw.seed_day,
        value=draw.value,
        drawn=draw.drawn,
        given=draw.given,
        why=draw.why,
        repeats=draw.repeats,
        taken_back_after=draw.taken_back_after,
    )


def next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
