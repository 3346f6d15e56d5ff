"""Keeping what each card has come to, and what all of them add up to.

A card is read again from its own rows, whatever happened to it. What it added before is taken off the figures and what
it adds now is put there: so the figures are what the cards say, also after something was undone or moved. The rows of
an erased card stay in the figures; they hold days and nothing of the person.
"""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.events.actors import OF_PURCHASES
from stampwell.events.rows import EventRow
from stampwell.insight.card_figures import Counted, Life, count_life
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements
from stampwell.transactions.row_classes import columns_of


class _CardRow(msgspec.Struct, frozen=True):
    id: UUID
    program_id: UUID
    state: str
    created: datetime
    stamps: int
    goal: int
    is_imported: bool


class _StampRow(msgspec.Struct, frozen=True):
    card_id: UUID
    at: datetime


class _VoucherRow(msgspec.Struct, frozen=True):
    card_id: UUID
    state: str
    ready: datetime
    redeemed: datetime | None


class _Read(msgspec.Struct, frozen=True):
    """What the rows of the cards say, by card."""

    visits: dict[UUID, list[datetime]]
    vouchers: dict[UUID, list[_VoucherRow]]
    filled: set[UUID]


_LIVES = f"SELECT {columns_of(Life)} FROM card_life WHERE merchant_id = %s AND id = ANY(%s)"
# An import writes the card and what happened in one moment, so this looks at one event of a card.
_CARDS = """
    SELECT c.id, c.program_id, c.state, c.created, c.stamps, c.goal, EXISTS (
        SELECT FROM event e WHERE e.merchant_id = %(merchant)s AND e.card_id = c.id AND e.at = c.created
            AND e.type = 'card.issued' AND e.source = 'import'
    ) AS is_imported
    FROM card c WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(cards)s)
"""
# A visit is a stamp by somebody's hand that still stands; a stamp that came by itself, as those that a new card
# begins with, or from another card when two customers became one, brought nobody to the shop.
_STAMPS = f"""
    SELECT card_id, at FROM stamp
    WHERE merchant_id = %(merchant)s AND card_id = ANY(%(cards)s) AND reverses_id IS NULL AND count > 0
        AND source IN {OF_PURCHASES} AND id NOT IN (
            SELECT reverses_id FROM stamp
            WHERE merchant_id = %(merchant)s AND card_id = ANY(%(cards)s) AND reverses_id IS NOT NULL
            UNION ALL
            SELECT arrival_id FROM merged_card
            WHERE merchant_id = %(merchant)s AND into_id = ANY(%(cards)s) AND arrival_id IS NOT NULL
        )
"""
_VOUCHERS = f"SELECT {columns_of(_VoucherRow)} FROM voucher WHERE merchant_id = %s AND card_id = ANY(%s)"
_FILLED = """
    SELECT DISTINCT card_id FROM completed_round WHERE merchant_id = %s AND card_id = ANY(%s) AND reopened IS NULL
"""
_KEEP = """
    INSERT INTO card_life AS l (merchant_id, id, program_id, joined, is_active, is_saved, is_filled, visits,
        handed_out, waited, stamps, goal, ready, pending)
    VALUES (%(merchant)s, %(id)s, %(program_id)s, %(joined)s, %(is_active)s, %(is_saved)s, %(is_filled)s,
        %(visits)s::date[], %(handed_out)s::date[], %(waited)s::int[], %(stamps)s, %(goal)s, %(ready)s, %(pending)s)
    ON CONFLICT (merchant_id, id) DO UPDATE SET program_id = excluded.program_id, joined = excluded.joined,
        is_active = excluded.is_active, is_saved = excluded.is_saved, is_filled = excluded.is_filled,
        visits = excluded.visits, handed_out = excluded.handed_out, waited = excluded.waited,
        stamps = excluded.stamps, goal = excluded.goal, ready = excluded.ready, pending = excluded.pending
"""
_DROP = "DELETE FROM card_life WHERE merchant_id = %s AND id = ANY(%s)"
_ADD = """
    INSERT INTO card_figure AS f (merchant_id, id, figure, program_id, day, number, times)
    SELECT %(merchant)s, n.* FROM unnest(
        %(ids)s::uuid[], %(figures)s::text[], %(programs)s::uuid[], %(days)s::date[], %(numbers)s::int[],
        %(times)s::bigint[]
    ) n
    ON CONFLICT (merchant_id, figure, day, program_id, number) DO UPDATE SET times = f.times + excluded.times
"""


def keep_lives(tx: Statements, events: list[EventRow]) -> None:
    """Follows the events: one follower at a time, as its cursor is locked."""
    cards = sorted({event.card_id for event in events if event.card_id})
    if not cards:
        return
    saved = {event.card_id for event in events if event.type == "card.saved"}
    kept = tx.later(Life, _LIVES, (tx.merchant_id, cards))
    found = _read_lives(tx, cards)
    before = {life.id: life for life in kept.rows()}
    lives = {
        id: msgspec.structs.replace(life, is_saved=id in saved or (id in before and before[id].is_saved))
        for id, life in found.items()
    }
    changed = [id for id in cards if before.get(id) != lives.get(id)]
    difference: Counter[Counted] = Counter()
    for id in changed:
        if id in before:
            difference.subtract(count_life(before[id]))
        if id in lives:
            difference.update(count_life(lives[id]))
            tx.write(_KEEP, msgspec.structs.asdict(lives[id]) | {"merchant": tx.merchant_id})
    tx.write(_DROP, (tx.merchant_id, [id for id in changed if id not in lives]))
    _add(tx, {counted: times for counted, times in difference.items() if times})


def forget_lives(tx: Statements) -> None:
    tx.write("DELETE FROM card_figure WHERE merchant_id = %s", (tx.merchant_id,))
    tx.write("DELETE FROM card_life WHERE merchant_id = %s", (tx.merchant_id,))


def _read_lives(tx: Statements, ids: list[UUID]) -> dict[UUID, Life]:
    cards = tx.later(_CardRow, _CARDS, {"merchant": tx.merchant_id, "cards": ids})
    stamps = tx.later(_StampRow, _STAMPS, {"merchant": tx.merchant_id, "cards": ids})
    vouchers = tx.later(_VoucherRow, _VOUCHERS, (tx.merchant_id, ids))
    filled = tx.values(UUID, _FILLED, (tx.merchant_id, ids))
    read = _Read(defaultdict(list), defaultdict(list), set(filled))
    for stamp in stamps.rows():
        read.visits[stamp.card_id].append(stamp.at)
    for voucher in vouchers.rows():
        read.vouchers[voucher.card_id].append(voucher)
    merchant = Merchant.objects.get(id=tx.merchant_id)
    return {card.id: _life_of(merchant, card, read) for card in cards.rows()}


def _life_of(merchant: Merchant, card: _CardRow, read: _Read) -> Life:
    is_active, vouchers = card.state == "active", read.vouchers[card.id]
    handed_out = sorted(
        (local_day(merchant, voucher.redeemed), local_day(merchant, voucher.ready))
        for voucher in vouchers
        if voucher.state == "redeemed" and voucher.redeemed
    )
    return Life(
        id=card.id,
        program_id=card.program_id,
        joined=None if card.is_imported else local_day(merchant, card.created),
        is_active=is_active,
        is_saved=False,
        is_filled=card.id in read.filled,
        visits=sorted({local_day(merchant, at) for at in read.visits[card.id]}),
        handed_out=[day for day, _ready in handed_out],
        waited=[max((day - ready).days, 0) for day, ready in handed_out],
        stamps=card.stamps if is_active else 0,
        goal=card.goal,
        ready=sum(is_active and voucher.state == "ready" for voucher in vouchers),
        pending=sum(is_active and voucher.state == "pending" for voucher in vouchers),
    )


def _add(tx: Statements, difference: dict[Counted, int]) -> None:
    rows = list(difference)
    facts: dict[str, Any] = {
        "merchant": tx.merchant_id,
        "ids": [new_id() for _row in rows],
        "figures": [row.figure for row in rows],
        "programs": [row.program_id for row in rows],
        "days": [row.day for row in rows],
        "numbers": [row.number for row in rows],
        "times": [difference[row] for row in rows],
    }
    tx.write(_ADD, facts)
