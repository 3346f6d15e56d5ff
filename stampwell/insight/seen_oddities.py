"""Somebody looked at what was odd and found it fine: it is told again only where it has grown since."""

from datetime import datetime
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.events.actors import Actor
from stampwell.events.desk_changes import changed
from stampwell.insight.oddities import Oddity
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, merchant_transaction
from stampwell.transactions.row_classes import columns_of

type Subject = tuple[UUID, str, UUID | None]  # whose, which reason, which card


class SeenRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    staff_member_id: UUID
    reason: str
    card_id: UUID | None
    found: int
    out_of: int
    seen_by: UUID
    seen: datetime

    @property
    def subject(self) -> Subject:
        return self.staff_member_id, self.reason, self.card_id


_SEEN = f"SELECT {columns_of(SeenRow)} FROM seen_oddity WHERE merchant_id = %s ORDER BY seen DESC, id"
# Whoever looks at an earlier month, where it was less, takes back nothing.
_GROW = """
    UPDATE seen_oddity SET found = %(found)s, out_of = %(out_of)s, seen_by = %(seen_by)s, seen = %(seen)s
    WHERE merchant_id = %(merchant)s AND staff_member_id = %(staff_member_id)s AND reason = %(reason)s
        AND card_id IS NOT DISTINCT FROM %(card_id)s AND %(found)s * out_of > found * %(out_of)s
    RETURNING 1
"""


def note_seen(merchant: Merchant, oddity: Oddity, *, name: str, actor: Actor) -> None:
    """`name` is the person's. Seen twice, or by two at once, it is noted once."""
    assert actor.staff_member_id is not None, "only somebody at the desk looks at it"
    row = SeenRow(
        id=new_id(),
        staff_member_id=oddity.person,
        reason=oddity.reason,
        card_id=oddity.card,
        found=oddity.found,
        out_of=oddity.of,
        seen_by=actor.staff_member_id,
        seen=now(),
    )
    with merchant_transaction(merchant.id) as tx:
        facts = msgspec.structs.asdict(row) | {"merchant": merchant.id}
        if tx.insert_new("seen_oddity", row) or tx.exists(_GROW, facts):
            after = {"reason": oddity.reason}
            changed(tx, "oddity.seen", by=actor, name=name, subject_id=oddity.person, after=after)


def read_seen(tx: Statements) -> dict[Subject, SeenRow]:
    return {row.subject: row for row in tx.rows(SeenRow, _SEEN, (tx.merchant_id,))}


def is_fine(oddity: Oddity, seen: dict[Subject, SeenRow]) -> bool:
    """Whether somebody looked at it, and it has not grown since."""
    row = seen.get((oddity.person, oddity.reason, oddity.card))
    return row is not None and not oddity.has_grown(row.found, row.out_of)
