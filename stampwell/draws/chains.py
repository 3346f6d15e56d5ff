"""The chains of seeds of a program, and who draws next: one after the other."""

from datetime import UTC, date, datetime, timedelta
from secrets import token_bytes
from uuid import UUID

import msgspec

from stampwell.clock import new_id
from stampwell.draws.rows import CHAIN_COLUMNS, ChainRow
from stampwell.draws.seeds import DAYS, SEED_BYTES, commitment_of, is_within, seed_of
from stampwell.tokens import seal, unseal
from stampwell.transactions import Statements

_LATEST = f"""
    SELECT {CHAIN_COLUMNS} FROM draw_chain WHERE merchant_id = %s AND program_id = %s ORDER BY begins DESC LIMIT 1
"""
_ALL = f"SELECT {CHAIN_COLUMNS} FROM draw_chain WHERE merchant_id = %s AND program_id = %s ORDER BY begins DESC"
_MOVE_ON = "UPDATE draw_chain SET drawn = %s, last_day = %s WHERE merchant_id = %s AND id = %s"


def begin_chain(tx: Statements, program_id: UUID, *, at: datetime) -> None:
    """Where the program has none: the commitment stands from now on, and can be read by anybody."""
    if not tx.exists(
        "SELECT 1 FROM draw_chain WHERE merchant_id = %s AND program_id = %s", (tx.merchant_id, program_id)
    ):
        tx.insert("draw_chain", _new_chain(program_id, utc_day(at), drawn=0))


def chains_of(tx: Statements, program_id: UUID) -> list[ChainRow]:
    """The newest one first."""
    return tx.rows(ChainRow, _ALL, (tx.merchant_id, program_id))


def hold_chain(tx: Statements, program_id: UUID, *, at: datetime) -> ChainRow:
    """The chain of this day, held until the transaction ends: nobody else draws or takes back until then."""
    chain = tx.row(ChainRow, f"{_LATEST} FOR UPDATE", (tx.merchant_id, program_id))
    assert chain is not None, "a draw is published together with its chain"
    if is_within(chain.begins, max(utc_day(at), chain.begins), days=chain.days):
        return chain
    following = _new_chain(program_id, utc_day(at), drawn=chain.drawn)
    tx.insert("draw_chain", following)
    return following


def move_on(tx: Statements, chain: ChainRow, day: date) -> ChainRow:
    """With the number of the next draw. The days of draws never go back, whatever becomes of the shop's clock."""
    after = msgspec.structs.replace(chain, drawn=chain.drawn + 1, last_day=max(day, chain.last_day))
    tx.write(_MOVE_ON, (after.drawn, after.last_day, tx.merchant_id, chain.id))
    return after


def seed_day_of(chain: ChainRow, at: datetime) -> date:
    return max(utc_day(at), chain.begins)  # a clock of the server that was set back


def seed_of_day(chain: ChainRow, day: date) -> bytes:
    return seed_of(unseal(chain.secret), chain.begins, day, days=chain.days)


def utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _new_chain(program_id: UUID, begins: date, *, drawn: int) -> ChainRow:
    secret = token_bytes(SEED_BYTES)
    return ChainRow(
        id=new_id(),
        program_id=program_id,
        begins=begins,
        days=DAYS,
        commitment=commitment_of(secret),
        secret=seal(secret),
        drawn=drawn,
        last_day=begins - timedelta(days=1),  # that of no shop's clock is earlier
    )
