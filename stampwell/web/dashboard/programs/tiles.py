"""The programs of a shop at a glance: each as its card, with how many customers have it and what waits for them."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.utils.safestring import SafeString

from stampwell.clock import now
from stampwell.ids import public_id
from stampwell.insight.customer_figures import count_in_use
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.models import Merchant
from stampwell.programs.course import State, state_of
from stampwell.programs.models import Program
from stampwell.programs.offering import Offer, offer_of, program_name
from stampwell.programs.terms import terms_of_many
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.card_sample import draw_sample

LARGE = 5_000  # cards; fewer are counted in a moment

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


@dataclass(frozen=True)
class Tile:
    id: str
    name: str
    offer: Offer
    strip: SafeString
    cards: int
    ready: int
    state: State


def list_tiles(merchant: Merchant, *, archived: bool = False) -> list[Tile]:
    """By name. Asks the same number of questions however many programs there are."""
    at = now()
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
        )
        for program in programs
    ]
    return sorted_by_name(tiles, lambda tile: tile.name)


def counts_of(merchant: Merchant, program: Program) -> tuple[int, int]:
    """How many cards of it customers have, and how many rewards wait for them."""
    counts = _counts(merchant)
    return counts.cards.get(program.id, 0), counts.ready.get(program.id, 0)


def _counts(merchant: Merchant) -> _Counts:
    """To count all cards takes longer the older a shop is: of a large one it is told what is kept, a moment behind."""
    facts = {"merchant": merchant.id, "at": now()}
    with merchant_reads(merchant.id) as tx:
        kept = count_in_use(tx)
        if sum(one.cards for one in kept) >= LARGE:
            return _Counts({one.program_id: one.cards for one in kept}, {one.program_id: one.ready for one in kept})
        cards, ready = tx.rows(_CountRow, _CARDS, facts), tx.rows(_CountRow, _READY, facts)
    return _Counts({row.program_id: row.count for row in cards}, {row.program_id: row.count for row in ready})
