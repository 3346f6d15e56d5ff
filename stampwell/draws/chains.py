"""The chains of seeds of a program, and who draws next: one after the other."""

from datetime import UTC, date, datetime, timedelta
from secrets import token_bytes
from uuid import UUID

import msgspec

from stampwell.clock import as_stopped, new_id, now
from stampwell.draws.rows import CHAIN_COLUMNS, ChainRow
from stampwell.draws.seeds import DAYS, SEED_BYTES, commitment_of, is_within, seed_of
from stampwell.tokens import seal, unseal
from stampwell.transactions import Statements

# Whoever draws or takes back holds the oldest one: it is the same for all, also while one of them begins a chain.
_HOLD = "SELECT id FROM draw_chain WHERE merchant_id = %s AND program_id = %s ORDER BY begins LIMIT 1 FOR UPDATE"
_LATEST = f"""
    SELECT {CHAIN_COLUMNS}, clock_timestamp() AS read FROM draw_chain
    WHERE merchant_id = %s AND program_id = %s ORDER BY begins DESC LIMIT 1
"""
_ALL = f"SELECT {CHAIN_COLUMNS} FROM draw_chain WHERE merchant_id = %s AND program_id = %s ORDER BY begins DESC"
_MOVE_ON = "UPDATE draw_chain SET drawn = %s, last_day = %s WHERE merchant_id = %s AND id = %s"


class LatestChainRow(ChainRow, frozen=True, kw_only=True):
    """`read` is by the clock of the database."""

    read: datetime


class _IdRow(msgspec.Struct, frozen=True):
    id: UUID


def begin_chain(tx: Statements, program_id: UUID, *, at: datetime) -> None:
    """Where the program has none: the commitment stands from now on, and can be read by anybody."""
    if not tx.exists(
        "SELECT 1 FROM draw_chain WHERE merchant_id = %s AND program_id = %s", (tx.merchant_id, program_id)
    ):
        tx.insert("draw_chain", _new_chain(program_id, utc_day(at), last_number=0))


def chains_of(tx: Statements, program_id: UUID) -> list[ChainRow]:
    """The newest one first."""
    return tx.rows(ChainRow, _ALL, (tx.merchant_id, program_id))


def hold_latest_chain(tx: Statements, program_id: UUID) -> LatestChainRow:
    """As it is once nobody else draws or takes back in this program, until the transaction ends."""
    which = (tx.merchant_id, program_id)
    tx.later(_IdRow, _HOLD, which)
    chain = tx.row(LatestChainRow, _LATEST, which)
    assert chain is not None, "a draw is published together with its chain"
    return chain


def hold_chain(tx: Statements, program_id: UUID, *, at: datetime) -> tuple[ChainRow, date]:
    """The chain of this day, held as by `hold_latest_chain`, and the day whose seed is drawn by.

    That day is over by no clock by which seeds are told: neither by this process's nor by the database's.
    """
    chain = hold_latest_chain(tx, program_id)
    day = max(utc_day(at), utc_day(as_stopped(chain.read)), chain.begins)
    if is_within(chain.begins, day, days=chain.days):
        return chain, day
    following = _new_chain(program_id, day, last_number=chain.drawn)
    tx.insert("draw_chain", following)
    return following, day


def told_at(tx: Statements) -> datetime:
    """The moment by which seeds are told: those of the days before its day. Of the clocks of this process and of the
    database, which all processes share, it is the later one that has to have passed a day.
    """
    read = tx.value(datetime, "SELECT clock_timestamp()")
    assert read is not None, "it always has the time"
    return min(now(), as_stopped(read))


def move_on(tx: Statements, chain: ChainRow, day: date) -> ChainRow:
    """With the number of the next draw. The days of draws never go back, whatever becomes of the shop's clock."""
    after = msgspec.structs.replace(chain, drawn=chain.drawn + 1, last_day=max(day, chain.last_day))
    tx.write(_MOVE_ON, (after.drawn, after.last_day, tx.merchant_id, chain.id))
    return after


def seed_of_day(chain: ChainRow, day: date) -> bytes:
    return seed_of(unseal(chain.secret), chain.begins, day, days=chain.days)


def utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _new_chain(program_id: UUID, begins: date, *, last_number: int) -> ChainRow:
    secret = token_bytes(SEED_BYTES)
    return ChainRow(
        id=new_id(),
        program_id=program_id,
        begins=begins,
        days=DAYS,
        commitment=commitment_of(secret),
        secret=seal(secret),
        drawn=last_number,
        last_day=begins - timedelta(days=1),  # that of no shop's clock is earlier
    )
