"""Correcting what is known of a customer, and the language that all their cards speak."""

from uuid import UUID

import msgspec

from stampwell.clock import now
from stampwell.customers.changing import (
    CustomerChange,
    CustomerEvent,
    lock_customer,
    note_correction,
    write_customer,
)
from stampwell.customers.describing import KnownCustomer
from stampwell.customers.tagging import set_tags, tags_of
from stampwell.events.actors import CUSTOMER, Actor
from stampwell.events.recording import record
from stampwell.ids import public_id
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, merchant_transaction


class Corrected(msgspec.Struct, frozen=True):
    """`changed` names the fields that are not as they were."""

    customer: KnownCustomer
    changed: list[str]


_LOCK_CARDS = """
    SELECT id FROM card WHERE merchant_id = %s AND customer_id = %s ORDER BY id FOR NO KEY UPDATE
"""
_SPEAK = """
    UPDATE card SET locale = %(locale)s, revision = revision + 1, changed = %(at)s
    WHERE merchant_id = %(merchant)s AND customer_id = %(customer)s AND locale <> %(locale)s
"""


def change_customer(
    merchant: Merchant,
    customer_id: UUID,
    change: CustomerChange,
    *,
    tags: dict[str, str] | None = None,
    actor: Actor,
    seen: str = "",
) -> Corrected:
    """`seen` is the state in which whoever changes it saw the customer; without it the last word counts.

    `tags` are those of `tagging`, None where they stay; no event tells of them. The event stands in the history of the
    customer's newest card. Refuses: NotFound, CustomerChangedMeanwhile, TagsUnfit.
    """
    with merchant_transaction(merchant.id) as tx:
        before = lock_customer(tx, customer_id)
        after, changed = write_customer(tx, before, change, seen=seen)
        at = now()
        if actor == CUSTOMER:
            note_correction(tx, customer_id, at=at)
        if changed:
            cards = tx.values(UUID, _LOCK_CARDS, (tx.merchant_id, customer_id))
            if "locale" in changed:
                tx.write(
                    _SPEAK, {"merchant": tx.merchant_id, "customer": customer_id, "locale": after.locale, "at": at}
                )
            data = CustomerEvent(public_id("cus", customer_id), changed)
            record(tx, "customer.updated", data, at=at, actor=actor, card_id=max(cards, default=None))
        return Corrected(after, [*changed, *_tagged(tx, customer_id, tags)])


def _tagged(tx: Statements, customer_id: UUID, tags: dict[str, str] | None) -> list[str]:
    """What that changed."""
    if tags is None:
        return []
    before = {tag.id for tag in tags_of(tx, customer_id)}
    return [] if before == {tag.id for tag in set_tags(tx, customer_id, tags)} else ["tags"]
