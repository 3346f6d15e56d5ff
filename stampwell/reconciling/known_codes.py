"""Which codes are ours, and what was shown of them: asked of the database for one report."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

import msgspec

from stampwell.clock import id_at
from stampwell.languages.texts import Texts
from stampwell.programs.code_successors import successors_in
from stampwell.programs.limits import COUNTDOWN
from stampwell.reconciling.known import Known
from stampwell.reconciling.shown import Confirmed, OurCode, Shown
from stampwell.reconciling.till_lines import key_of
from stampwell.reconciling.uses import Places
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements

AT_ONCE = 5_000  # codes, or redemptions, in one question

_STATIC = """
    SELECT id, name, redeem_code, code_by_location, location_ids, countdown_minutes FROM reward
    WHERE merchant_id = %s AND redeem_code_kind = 'static' ORDER BY id
"""
# The codes of lists for when none is left.
_FALLBACKS = """
    SELECT p.fallback_code AS code, r.location_ids, r.countdown_minutes FROM code_pool p
    JOIN reward r ON (r.merchant_id, r.pool_id) = (p.merchant_id, p.id)
    WHERE p.merchant_id = %(merchant)s AND p.fallback_code <> ''
"""
# And what was shown, though it stands nowhere else by now.
_WERE_SHOWN = """
    SELECT DISTINCT coalesce(d.shown_code, '') AS code, r.location_ids, r.countdown_minutes FROM redemption d
    JOIN voucher v ON (v.merchant_id, v.id) = (d.merchant_id, d.voucher_id)
    JOIN reward r ON (r.merchant_id, r.id) = (v.merchant_id, v.reward_id)
    WHERE d.merchant_id = %(merchant)s AND d.id >= %(first)s AND d.at <= %(asked)s AND d.shown_code IS NOT NULL
"""
_POOLED = """
    SELECT c.id, c.code, c.pool_id, c.location_id, v.id AS voucher_id, r.location_ids, r.countdown_minutes
    FROM pool_code c LEFT JOIN voucher v ON (v.merchant_id, v.id) = (c.merchant_id, c.voucher_id) AND c.given <= %s
        AND (c.revoked IS NULL OR c.confirmed IS NOT NULL)
    LEFT JOIN reward r ON (r.merchant_id, r.id) = (v.merchant_id, v.reward_id)
    WHERE c.merchant_id = %s AND c.code = ANY(%s)
"""
# Codes of these pools whose vouchers were used in the time of the report.
_POOLED_AND_USED = """
    SELECT c.id, c.code, c.pool_id, c.location_id, c.voucher_id, r.location_ids, r.countdown_minutes FROM redemption d
    JOIN pool_code c ON (c.merchant_id, c.voucher_id) = (d.merchant_id, d.voucher_id) AND c.revoked IS NULL
    JOIN voucher v ON (v.merchant_id, v.id) = (c.merchant_id, c.voucher_id)
    JOIN reward r ON (r.merchant_id, r.id) = (v.merchant_id, v.reward_id)
    WHERE d.merchant_id = %(merchant)s AND d.id >= %(first)s AND d.at <= %(until)s
        AND c.pool_id = ANY(%(pools)s) AND c.given <= %(asked)s
"""
# In letters: psycopg takes five times as long for a list of bytes.
_OWN = """
    SELECT v.id, v.reward_id, v.code_hash, r.location_ids FROM voucher v
    JOIN reward r ON (r.merchant_id, r.id) = (v.merchant_id, v.reward_id)
    WHERE v.merchant_id = %s AND v.code_hash IN (SELECT decode(hash, 'hex') FROM unnest(%s::text[]) AS told (hash))
"""
_SHOWN = """
    SELECT r.id, r.voucher_id, v.card_id, v.reward_id, r.at, r.location_id, r.receipt_id, r.shown_code,
        CASE WHEN r.path = 'redeem_code' AND r.source = 'card' THEN w.countdown_minutes END AS countdown_minutes,
        EXISTS (
            SELECT 1 FROM reversal b
            WHERE b.merchant_id = r.merchant_id AND b.redemption_id = r.id AND b.at <= %(asked)s
        ) AS is_reversed,
        c.id IS NOT NULL AND c.reconciliation_id IS DISTINCT FROM %(own)s AS is_confirmed,
        c.id IS NOT NULL AND c.reconciliation_id IS NOT DISTINCT FROM %(own)s AS is_told,
        c.at AS till_at, c.receipt_id AS till_receipt
    FROM redemption r
    JOIN voucher v ON (v.merchant_id, v.id) = (r.merchant_id, r.voucher_id)
    JOIN reward w ON (w.merchant_id, w.id) = (v.merchant_id, v.reward_id)
    LEFT JOIN voucher_confirmation c ON (c.merchant_id, c.redemption_id) = (r.merchant_id, r.id)
    WHERE r.merchant_id = %(merchant)s AND r.at <= %(asked)s
"""
_OF_REWARDS = f"""{_SHOWN}
    AND (v.reward_id = ANY(%(rewards)s) OR r.shown_code IS NOT NULL) AND r.id > %(after)s ORDER BY r.id LIMIT %(most)s
"""
_OF_VOUCHERS = _SHOWN + " AND r.voucher_id = ANY(%(vouchers)s) ORDER BY r.id"


class StaticRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    redeem_code: str
    code_by_location: str
    location_ids: list[UUID]
    countdown_minutes: int


class _ManyRow(msgspec.Struct, frozen=True):
    code: str
    location_ids: list[UUID]
    countdown_minutes: int


class PooledRow(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    pool_id: UUID
    location_id: UUID | None
    voucher_id: UUID | None
    location_ids: list[UUID] | None
    countdown_minutes: int | None


class OwnRow(msgspec.Struct, frozen=True):
    id: UUID
    reward_id: UUID
    code_hash: bytes
    location_ids: list[UUID]


class ShownRow(msgspec.Struct, frozen=True):
    id: UUID
    voucher_id: UUID
    card_id: UUID
    reward_id: UUID
    at: datetime
    location_id: UUID | None
    receipt_id: str | None
    shown_code: str | None
    countdown_minutes: int | None
    is_reversed: bool
    is_confirmed: bool
    is_told: bool
    till_at: datetime | None
    till_receipt: str | None


class Span(msgspec.Struct, frozen=True):
    """What was shown between two moments, until the comparison was asked for: what was handed out without a network
    arrives days later, so how late nobody can say. An id bounds it from below alone, for that of a process whose clock
    was ahead is ahead. What this one has confirmed itself is as it was before.
    """

    reconciliation_id: UUID
    since: datetime
    until: datetime
    asked: datetime


def find_codes_of_many(tx: Statements, span: Span, gives: dict[UUID, int]) -> Known:
    """Those of all versions of all programs, for what was promised once is shown as it was; and those that lists have
    for when none is left. A code that follows another one is known as that one is. `gives` says what rewards
    take off, as far as that matters.
    """
    known = Known(successors=successors_in(tx), gives=gives)
    many: list[_ManyRow] = []
    for row in tx.rows(StaticRow, _STATIC, (tx.merchant_id,)):
        known.rewards[row.id] = row.redeem_code
        many += _with_successors(known, _ManyRow(row.redeem_code, row.location_ids, row.countdown_minutes))
        for place, code in msgspec.json.decode(row.code_by_location, type=dict[UUID, str]).items():
            known.places[row.id, place] = code
            many += _with_successors(known, _ManyRow(code, [place], row.countdown_minutes))
        says = (row.redeem_code, row.code_by_location, known.gives.get(row.id))
        known.name(msgspec.json.decode(row.name, type=Texts).values(), row.id, says)
    facts = _facts(tx, span) | {"first": id_at(span.since)}
    _add_many(known, many + tx.rows(_ManyRow, _FALLBACKS, facts))
    _add_many(known, tx.rows(_ManyRow, _WERE_SHOWN, facts))
    return known


def _with_successors(known: Known, row: _ManyRow) -> list[_ManyRow]:
    """What follows a code is ours as well, also before its day: nobody was shown it then, so it leaked."""
    return [row, *(msgspec.structs.replace(row, code=one.next_code) for one in known.successors.after(row.code))]


def _add_many(known: Known, rows: list[_ManyRow]) -> None:
    """Those that are not known yet."""
    by_key: dict[str, list[_ManyRow]] = {}
    for row in rows:
        by_key.setdefault(key_of(row.code), []).append(row)
    known.codes = {key: _of_many(key, some) for key, some in by_key.items()} | known.codes


def _of_many(key: str, rows: list[_ManyRow]) -> OurCode:
    is_bound = all(row.location_ids for row in rows)
    return OurCode(
        key=key,
        kind="many",
        source=f"code:{key}",
        places=frozenset(place for row in rows for place in row.location_ids) if is_bound else frozenset(),
        countdown=timedelta(minutes=max(row.countdown_minutes for row in rows)),
    )


def add_single_codes(tx: Statements, known: Known, span: Span, written: Collection[str]) -> None:
    """Those that stand for one voucher, of pools and our own, as the till writes them."""
    for some in batched(sorted({form for code in written for form in _forms_of(code)}), AT_ONCE):
        for row in tx.rows(PooledRow, _POOLED, (span.asked, tx.merchant_id, list(some))):
            _add_pooled(known, row)
        by_hash = {secret_hash(code): code for code in some}
        for own in tx.rows(OwnRow, _OWN, (tx.merchant_id, [hash.hex() for hash in by_hash])):
            key = key_of(by_hash[own.code_hash])
            known.vouchers[own.id] = key
            known.codes[key] = OurCode(
                key=key, kind="one", source=f"own:{own.reward_id}", places=frozenset(own.location_ids)
            )


def add_codes_of_pools(tx: Statements, known: Known, span: Span) -> None:
    """What the report ought to tell as well, of pools that it tells something of."""
    pools = [UUID(code.source[5:]) for code in known.codes.values() if code.source.startswith("pool:")]
    facts = _facts(tx, span) | {"pools": sorted(set(pools)), "first": id_at(span.since), "until": span.until}
    for row in tx.rows(PooledRow, _POOLED_AND_USED, facts) if pools else ():
        _add_pooled(known, row)


def _add_pooled(known: Known, row: PooledRow) -> None:
    key = key_of(row.code)
    places = [row.location_id] if row.location_id else row.location_ids or ()
    known.codes[key] = OurCode(
        key=key,
        kind="one",
        source=f"pool:{row.pool_id}",
        places=frozenset(places),
        countdown=timedelta(minutes=row.countdown_minutes or COUNTDOWN),
    )
    known.pooled[key] = row.id
    if row.voucher_id:
        known.vouchers[row.voucher_id] = key


def _forms_of(code: str) -> set[str]:
    """A till may write in other capitals than we keep."""
    return {code, code.upper(), code.lower()}


def shown_in(tx: Statements, known: Known, span: Span, *, after: UUID | None = None) -> list[ShownRow]:
    """Of codes that many are shown, the next after that one as they were written; empty where there is no more."""
    facts = _facts(tx, span) | {
        "rewards": list(known.rewards),
        "after": after or id_at(span.since),
        "most": AT_ONCE,
    }
    return tx.rows(ShownRow, _OF_REWARDS, facts)


def shown_of_vouchers(tx: Statements, span: Span, vouchers: Iterable[UUID]) -> Iterator[ShownRow]:
    """Whenever it was, until the comparison was asked for."""
    for some in batched(vouchers, AT_ONCE):
        yield from tx.rows(ShownRow, _OF_VOUCHERS, _facts(tx, span) | {"vouchers": list(some)})


def _facts(tx: Statements, span: Span) -> dict[str, object]:
    return {"merchant": tx.merchant_id, "asked": span.asked, "own": span.reconciliation_id}


def as_shown(row: ShownRow, known: Known, places: Places, *, day_begins: int) -> Shown:
    own = known.vouchers.get(row.voucher_id) or known.of_reward(row.reward_id, row.location_id, row.at)
    key = key_of(row.shown_code) if row.shown_code else own
    local = row.at.astimezone(places.zone_at(row.location_id)) - timedelta(hours=day_begins)
    return Shown(
        redemption_id=row.id,
        voucher_id=row.voucher_id,
        card_id=row.card_id,
        key=key,
        at=row.at,
        day=local.date(),
        since=row.at - timedelta(minutes=row.countdown_minutes) if row.countdown_minutes else None,
        location_id=row.location_id,
        gives=known.gives.get(row.reward_id),
        receipt=row.receipt_id or "",
        is_reversed=row.is_reversed,
        is_told=row.is_told,
        confirmed=Confirmed(row.till_at, row.till_receipt or "") if row.is_confirmed else None,
    )
