"""The programs of a shop at a glance: each as its card, with how many customers have it and what waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.insight.customer_figures import count_in_use
from stampwell.insight.figures import count_weeks
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.programs.course import State, state_of
from stampwell.programs.models import Program
from stampwell.programs.offering import Offer, offer_of, program_name
from stampwell.programs.terms import terms_of_many
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.card_sample import draw_sample
from stampwell.web.dashboard.programs.sparkline import draw_weeks

WEEKS = 12  # that a tile shows
LARGE = 5_000  # cards; fewer are counted in a moment

NOTHING = [0] * WEEKS
_CARDS = """
    SELECT program_id, count(*)::int AS count FROM card WHERE merchant_id = %(merchant)s AND state = 'active'
    GROUP BY program_id
"""
# As `state_at` says it: time makes a voucher ready and ends it before anybody writes that down.
_READY = """
    SELECT p.program_id, count(*)::int AS count
    FROM voucher v JOIN program_version p ON p.merchant_id = v.merchant_id AND p.id = v.version_id
    WHERE v.merchant_id = %(merchant)s AND v.state IN ('pending', 'ready')
      AND v.ready <= %(at)s AND NOT v.awaits_visit AND (v.expires IS NULL OR v.expires > %(at)s)
    GROUP BY p.program_id
"""


class _CountRow(msgspec.Struct, frozen=True):
    program_id: UUID
    count: int


class _Counts(msgspec.Struct, frozen=True):
    """By program."""

    cards: dict[UUID, int] = {}
    ready: dict[UUID, int] = {}
    weeks: dict[UUID | None, list[int]] = {}


@dataclass(frozen=True)
class Tile:
    """`weeks` are what the sparkline draws: from which day on, and how many stamps. `lines` is what the journal is
    asked for to tell of them all.
    """

    id: str
    name: str
    offer: Offer
    strip: SafeString
    cards: int
    ready: int
    state: State
    stamps: int
    sparkline: SafeString
    weeks: list[tuple[date, int]]
    lines: str


def list_tiles(merchant: Merchant, *, archived: bool = False) -> list[Tile]:
    """By name. Asks the same number of questions however many programs there are."""
    at = now()
    today = local_day(merchant, at)
    first = today - timedelta(days=7 * WEEKS - 1)
    programs = list(Program.objects.filter(merchant=merchant, archived__isnull=not archived).order_by("id"))
    terms = terms_of_many(merchant.id, frozenset(program.current_version_id for program in programs))
    counts = _counts(merchant) if programs else _Counts()
    tiles = [
        Tile(
            id=public_id("prg", program.id),
            name=program_name(terms[program.current_version_id]),
            offer=offer_of(terms[program.current_version_id]),
            strip=draw_sample(terms[program.current_version_id]),
            cards=counts.cards.get(program.id, 0),
            ready=counts.ready.get(program.id, 0),
            state=state_of(program, at),
            stamps=sum(weeks := counts.weeks.get(program.id, NOTHING)),
            sparkline=draw_weeks(weeks),
            weeks=_named(weeks, today),
            lines=f"kind=given&program={public_id('prg', program.id)}&from={first.isoformat()}&to={today.isoformat()}",
        )
        for program in programs
    ]
    return sorted_by_name(tiles, lambda tile: tile.name)


def _named(weeks: Sequence[int], last: date) -> list[tuple[date, int]]:
    """Each with its first day; the latest, which ends on `last`, on top."""
    return [(last - timedelta(days=7 * ago + 6), count) for ago, count in enumerate(reversed(weeks))]


def counts_of(merchant: Merchant, program: Program) -> tuple[int, int]:
    """How many cards of it customers have, and how many rewards wait for them."""
    counts = _counts(merchant)
    return counts.cards.get(program.id, 0), counts.ready.get(program.id, 0)


def _counts(merchant: Merchant) -> _Counts:
    """To count all cards takes longer the older a shop is: of a large one it is told what is kept, a moment behind."""
    facts, today = {"merchant": merchant.id, "at": now()}, local_day(merchant, now())
    with merchant_reads(merchant.id) as tx:
        kept, weeks = count_in_use(tx), count_weeks(tx, today, weeks=WEEKS)
        if sum(one.cards for one in kept) >= LARGE:
            cards, ready = ({one.program_id: getattr(one, name) for one in kept} for name in ("cards", "ready"))
            return _Counts(cards, ready, weeks)
        counted = tx.rows(_CountRow, _CARDS, facts), tx.rows(_CountRow, _READY, facts)
    cards, ready = ({row.program_id: row.count for row in rows} for rows in counted)
    return _Counts(cards, ready, weeks)
