"""Single codes of a list that go to nobody any more: the till refuses them, or somebody else knows them.

The codes of a whole file are withdrawn by `revoking`. What vouchers have is exchanged by
`vouchers.withdrawing_codes`, the same way for both.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

import msgspec

from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.languages.typed import plain_code
from stampwell.redeem_codes.rows import CODE_COLUMNS, CodeRow, PoolRow
from stampwell.transactions import Statements

type Reason = Literal["refused_by_till", "leaked", "other"]  # none that names a person: an event keeps it for years
REASONS: tuple[Reason, ...] = get_args(Reason.__value__)
MOST_AT_ONCE = 200
_NAMED = f"SELECT {CODE_COLUMNS} FROM pool_code WHERE merchant_id = %s AND pool_id = %s AND code = ANY(%s)"
# A code that somebody gets at this moment is marked all the same, and exchanged when its voucher shows it again.
# Batches are held in one order, so that of two withdrawals none waits for one that waits for it.
_WITHDRAW = """
    WITH taken AS (
        UPDATE pool_code SET withdrawn = %(at)s, revoked = CASE WHEN given IS NULL THEN %(at)s::timestamptz END
        WHERE merchant_id = %(merchant)s AND id IN (
            SELECT c.id FROM pool_code c WHERE c.merchant_id = %(merchant)s AND c.id = ANY(%(ids)s)
                AND c.revoked IS NULL AND c.withdrawn IS NULL AND c.confirmed IS NULL
                AND (c.voucher_id IS NULL OR c.voucher_id <> ALL(%(used)s))
            ORDER BY c.id FOR UPDATE
        ) RETURNING id, batch_id
    ), sums AS (
        SELECT batch_id, count(*) AS codes FROM taken GROUP BY batch_id
    ), held AS (
        SELECT id FROM code_batch WHERE merchant_id = %(merchant)s AND id IN (SELECT batch_id FROM sums)
        ORDER BY id FOR UPDATE
    ), counted AS (
        UPDATE code_batch b SET withdrawn = b.withdrawn + sums.codes FROM held JOIN sums ON sums.batch_id = held.id
        WHERE b.merchant_id = %(merchant)s AND b.id = held.id
    ) SELECT id FROM taken ORDER BY id
"""


class WithdrawnFromFacts(msgspec.Struct, frozen=True):
    id: str
    name: str


class CodesWithdrawnEvent(msgspec.Struct, frozen=True):
    """`pool_code_ids` are those that were withdrawn, without the codes themselves."""

    code_pool: WithdrawnFromFacts
    reason: Reason
    pool_code_ids: list[str]


def codes_named(tx: Statements, pool_id: UUID, codes: Sequence[str]) -> dict[str, CodeRow]:
    """Those of this list, by what was asked for: as it stands there, else as somebody may have typed it, unless that
    may be two of them.
    """
    forms = sorted({form for code in codes for form in (*_as_it_stands(code), *_in_other_letters(code))})
    found = {row.code: row for row in tx.rows(CodeRow, _NAMED, (tx.merchant_id, pool_id, forms))}
    rows = {code: _the_one(found, code) for code in codes}
    return {code: row for code, row in rows.items() if row}


def withdraw(
    tx: Statements,
    pool: PoolRow,
    ids: Collection[UUID],
    *,
    used: Collection[UUID],
    reason: Reason,
    at: datetime,
    actor: Actor,
) -> list[UUID]:
    """Of these codes those that were not withdrawn before, but for what the vouchers `used` have, and what the till has
    told of. One that is free goes to nobody from now on; one that a voucher has is over.
    """
    facts = {"merchant": tx.merchant_id, "ids": list(ids), "used": list(used), "at": at}
    done = tx.values(UUID, _WITHDRAW, facts)
    if done:
        told = WithdrawnFromFacts(public_id("cdp", pool.id), pool.name)
        data = CodesWithdrawnEvent(told, reason, [public_id("cde", id) for id in done])
        record(tx, "codes.withdrawn", data, at=at, actor=actor)
        changed(tx, "codes.withdrawn", by=actor, name=pool.name, subject_id=pool.id, after={"codes": len(done)})
    return done


def _the_one(found: Mapping[str, CodeRow], code: str) -> CodeRow | None:
    if exact := next((found[form] for form in _as_it_stands(code) if form in found), None):
        return exact
    alike = [found[form] for form in _in_other_letters(code) if form in found]
    return alike[0] if len(alike) == 1 else None


def _as_it_stands(code: str) -> tuple[str, ...]:
    return code, code.strip(), plain_code(code)


def _in_other_letters(code: str) -> set[str]:
    return {plain_code(code).upper(), plain_code(code).lower()}
