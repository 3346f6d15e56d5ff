"""The rows of `google_object`: one for each class, card and offer of ours at Google. Reads them and makes new ones.

`states.py` writes what stands at Google, `queue.py` when a card is sent, `notices.py` what its phone has been told.
Each writes in a short transaction of its own, and Google is asked between them. So a worker may be killed at any
moment: what it had not written down is sent again.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.transactions import columns_of, merchant_transaction

State = Literal["absent", "whole", "unsure", "unknown", "ended"]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What we must know of a document at Google to change it. All but `fields` is about a card."""

    fields: list[str] = []  # at most these stand there
    balance: str = ""
    announced: list[UUID] = []  # the ready vouchers that the phone was told of
    announcing: list[UUID] = []  # those for which a notice was counted and which Google has not taken yet


class ObjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `google_object`, as it was when it was read."""

    id: UUID
    subject_id: UUID
    card_id: UUID | None
    object_id: str
    state: State = "absent"
    digest: bytes | None = None
    fields: list[str] = []
    refused: bool = False
    due: datetime | None = None
    leased_until: datetime | None = None
    tries: int = 0
    refusals: int = 0
    changes: int = 0
    balance: str = ""
    announced: list[UUID] = []
    announcing: list[UUID] = []
    removed: datetime | None = None

    @property
    def is_there(self) -> bool:
        return self.state != "absent"

    @property
    def shown(self) -> Shown:
        return Shown(fields=self.fields, balance=self.balance, announced=self.announced, announcing=self.announcing)


_READ = f"SELECT {columns_of(ObjectRow)} FROM google_object WHERE merchant_id = %s AND "
_OFFERS = f"{_READ} card_id = %s AND kind = 'voucher' AND state NOT IN ('absent', 'ended') ORDER BY id"


def remember(
    merchant_id: UUID,
    kind: str,
    subject_id: UUID,
    object_id: str,
    *,
    card_id: UUID | None = None,
    leased_until: datetime | None = None,
) -> ObjectRow:
    """The row of this object, made as `absent` if it is new. With a lease a new card is due when the lease ends."""
    new = ObjectRow(
        id=new_id(),
        subject_id=subject_id,
        card_id=card_id,
        object_id=object_id,
        due=now() if leased_until else None,
        leased_until=leased_until,
    )
    with merchant_transaction(merchant_id) as tx:
        tx.insert_or_leave("google_object", new, kind=kind, answer="", answer_status=0, notified=[])
        row = tx.row(ObjectRow, _READ + "object_id = %s", (merchant_id, object_id))
        assert row is not None, "it was made above"
        return row


def offers_there(merchant_id: UUID, card_id: UUID) -> list[ObjectRow]:
    """The offers that have not ended, of every card at Google that this card of ours has ever been."""
    with merchant_transaction(merchant_id) as tx:
        return tx.rows(ObjectRow, _OFFERS, (merchant_id, card_id))
