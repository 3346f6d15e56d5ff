"""What was written to a customer: of which kind, when, and what became of it, as long as the customer is known.

A mail itself is forgotten a week after it went out. What stands here is neither its words nor its address, and is
deleted with the customer.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from stampwell.clock import LAST_ID, now
from stampwell.customers.describing import KnownCustomer
from stampwell.mail.models import Rank
from stampwell.mail.queue import Content, MailState, keep_mail, mail_states
from stampwell.transactions import Statements, columns_of, for_each_merchant, merchant_transaction, merchants_where

Outcome = Literal["waiting", "sent", "failed", "expired"]
EMAIL = "email"  # the only channel
AT_ONCE = 500


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """`SentMessage` tells what the fields mean; `at` is when it ended, or was written where it is on its way."""

    id: UUID
    customer_id: UUID
    kind: str
    channel: str
    at: datetime
    outcome: Outcome


class MessagePage(msgspec.Struct, frozen=True):
    """The newest first, what is on its way as far as it came by now; `older` is before what the next page begins."""

    rows: list[MessageRow]
    older: UUID | None


_OF_CUSTOMERS = f"""
    SELECT {columns_of(MessageRow)} FROM sent_message
    WHERE merchant_id = %(merchant)s AND customer_id = ANY(%(customers)s) AND id < %(before)s ORDER BY id DESC
"""
_LATEST = f"{_OF_CUSTOMERS} LIMIT %(most)s"
_ON_ITS_WAY = f"""
    SELECT {columns_of(MessageRow)} FROM sent_message
    WHERE merchant_id = %s AND outcome = 'waiting' AND id > %s ORDER BY id LIMIT %s
"""
_SETTLE = "UPDATE sent_message SET outcome = %s, at = %s WHERE merchant_id = %s AND id = %s"
_NEVER_WENT = "DELETE FROM sent_message WHERE merchant_id = %s AND id = ANY(%s) AND outcome = 'waiting'"
_FORGET = "DELETE FROM sent_message WHERE merchant_id = %s AND customer_id = ANY(%s)"
_WITH_SOME = "SELECT DISTINCT merchant_id FROM sent_message WHERE outcome = 'waiting'"


def write_to_customer(
    tx: Statements,
    customer: KnownCustomer,
    content: Content,
    *,
    kind: str,
    expires: datetime,
    about: UUID | None = None,
    job_id: UUID | None = None,
    rank: Rank = Rank.USUAL,
) -> None:
    """As `keep_mail` does it, `about` the customer where nothing else is said; known as long as the customer is."""
    mail_id = keep_mail(
        customer.email, content, kind=kind, expires=expires, about=about or customer.id, job_id=job_id, rank=rank
    )
    row = MessageRow(id=mail_id, customer_id=customer.id, kind=kind, channel=EMAIL, at=now(), outcome="waiting")
    tx.insert("sent_message", row)


def latest_messages(tx: Statements, customers: list[UUID], *, most: int, before: UUID | None = None) -> MessagePage:
    facts = {"merchant": tx.merchant_id, "customers": customers, "before": before or LAST_ID, "most": most + 1}
    rows = tx.rows(MessageRow, _LATEST, facts)
    return MessagePage(_as_of_now(rows[:most]), rows[most - 1].id if len(rows) > most else None)


def all_messages(tx: Statements, customers: list[UUID]) -> list[MessageRow]:
    """The newest first."""
    facts = {"merchant": tx.merchant_id, "customers": customers, "before": LAST_ID}
    return _as_of_now(tx.rows(MessageRow, _OF_CUSTOMERS, facts))


def forget_messages(tx: Statements, customers: list[UUID]) -> None:
    tx.write(_FORGET, (tx.merchant_id, customers))


def settle_messages() -> None:
    """What became of those that were on their way, while their mail still says it."""
    for_each_merchant(merchants_where(_WITH_SOME), settle_messages_of)


def settle_messages_of(merchant_id: UUID) -> None:
    """Of one shop, however many there are."""
    after: UUID | None = UUID(int=0)
    while after is not None:
        with merchant_transaction(merchant_id) as tx:
            rows = tx.rows(MessageRow, _ON_ITS_WAY, (merchant_id, after, AT_ONCE))
            states = mail_states([row.id for row in rows])
            for row in rows:
                if (mail := states.get(row.id)) and mail.ended and mail.state != "failed":
                    tx.write(_SETTLE, (_outcome(mail), mail.ended, merchant_id, row.id))
            # It was withdrawn before it went out. One that failed can be sent anew as long as its mail is there.
            tx.write(_NEVER_WENT, (merchant_id, [row.id for row in rows if row.id not in states]))
        after = rows[-1].id if len(rows) == AT_ONCE else None


def _as_of_now(rows: list[MessageRow]) -> list[MessageRow]:
    """Those whose mail was withdrawn since are left out."""
    waiting = [row.id for row in rows if row.outcome == "waiting"]
    states = mail_states(waiting) if waiting else {}
    return [row for row in (_with(row, states.get(row.id)) for row in rows) if row is not None]


def _with(row: MessageRow, mail: MailState | None) -> MessageRow | None:
    if row.outcome != "waiting":
        return row
    return msgspec.structs.replace(row, outcome=_outcome(mail), at=mail.ended or row.at) if mail else None


def _outcome(mail: MailState) -> Outcome:
    """One that was tried in vain until its time was over has failed."""
    return "failed" if mail.state == "expired" and mail.was_tried else mail.state
