"""Recovering a lost card by mail: whoever reads the customer's mailbox may move the card to the phone in their hand.

Nobody learns by asking whether an address is known here: the page has answered before anybody looks. `recovery_mail.py`
looks, and writes the mail.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.cards.recovering import Recovered, move_lost_card
from stampwell.clock import new_id, now
from stampwell.events.actors import CUSTOMER
from stampwell.jobs.asking import ask_for
from stampwell.merchants.models import Merchant
from stampwell.refusal import Kind, Refusal
from stampwell.tokens import secret_hash
from stampwell.transactions import Statements, columns_of, for_each_merchant, merchant_transaction, merchants_where

RECOVERY_MAIL = "recovery_mail"  # the kind of the job
LASTS = timedelta(hours=1)
MOST_CARDS = 20  # an address that a shop has written down for many customers is nobody's own


class RecoveryLinkEnded(Refusal):
    """Used, too old, or of an address that is known no more; which of these, nobody is told."""

    code = "recovery_link_ended"
    kind = Kind.NOT_FOUND
    title = _("This link no longer works")
    staff_text = _("This link was already used or has expired.")
    customer_text = staff_text
    what_to_do = _("Ask for a new link.")
    what_customer_can_do = what_to_do


class LostCard(msgspec.Struct, frozen=True, kw_only=True):
    """What tells a customer which of their cards it is."""

    id: UUID
    version_id: UUID
    stamps: int
    goal: int


class _AskedRow(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    email: str
    secret_hash: bytes | None
    expires: datetime


_CARDS = f"""
    SELECT {columns_of(LostCard, "c")} FROM customer p
    JOIN card c ON (c.merchant_id, c.customer_id) = (p.merchant_id, p.id)
    WHERE p.merchant_id = %s AND p.email = %s AND p.erased IS NULL AND c.state = 'active'
    ORDER BY c.last_stamp DESC NULLS LAST, c.id DESC LIMIT {MOST_CARDS}
"""
_FIND = "SELECT id, email FROM recovery_link WHERE merchant_id = %s AND secret_hash = %s AND expires > %s"
_LOCK_ALL = "SELECT id FROM recovery_link WHERE merchant_id = %s AND email = %s ORDER BY id FOR UPDATE"
_FORGET_OF_CUSTOMERS = """
    DELETE FROM recovery_link WHERE merchant_id = %(merchant)s AND email IN (
        SELECT email FROM customer WHERE merchant_id = %(merchant)s AND id = ANY(%(customers)s)
    )
"""
_WITH_OLD_LINKS = """
    SELECT id FROM merchant WHERE EXISTS (
        SELECT FROM recovery_link l WHERE l.merchant_id = merchant.id AND l.expires < %s
    )
"""


class _Link(msgspec.Struct, frozen=True):
    id: UUID
    email: str


def ask_for_link(merchant: Merchant, email: str) -> None:
    """The same for an address that is known here and for one that is not."""
    with merchant_transaction(merchant.id) as tx:
        asked = _AskedRow(id=new_id(), email=email, secret_hash=None, expires=now() + LASTS)
        tx.insert("recovery_link", asked)
        ask_for(tx, RECOVERY_MAIL, asker=CUSTOMER)


def read_link(merchant: Merchant, secret: str) -> list[LostCard]:
    """The cards that it may move, the one stamped last first. Refuses: RecoveryLinkEnded."""
    with merchant_transaction(merchant.id) as tx:
        return _cards_behind(tx, _find(tx, secret).email)


def use_link(merchant: Merchant, secret: str, cards: Collection[UUID]) -> list[Recovered]:
    """Moves those of its cards, and ends each link that was asked for with the same address.

    Of two that come at once one is taken. Refuses: RecoveryLinkEnded, CardVoid.
    """
    with merchant_transaction(merchant.id) as tx:
        link = _find(tx, secret)
        left = tx.values(UUID, _LOCK_ALL, (tx.merchant_id, link.email))  # without those that were used meanwhile
        lost = sorted(card.id for card in _cards_behind(tx, link.email) if card.id in cards)
        if link.id not in left or not lost:
            raise RecoveryLinkEnded
        tx.write("DELETE FROM recovery_link WHERE merchant_id = %s AND email = %s", (tx.merchant_id, link.email))
        return [move_lost_card(tx, card_id, actor=CUSTOMER) for card_id in lost]


def forget_links_of(tx: Statements, customers: list[UUID]) -> None:
    """The caller has locked the customers, and erases them."""
    tx.write(_FORGET_OF_CUSTOMERS, {"merchant": tx.merchant_id, "customers": customers})


def forget_old_links() -> None:
    at = now()

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            tx.write("DELETE FROM recovery_link WHERE merchant_id = %s AND expires < %s", (merchant_id, at))

    for_each_merchant(merchants_where(_WITH_OLD_LINKS, (at,)), forget)


def _find(tx: Statements, secret: str) -> _Link:
    """Refuses: RecoveryLinkEnded."""
    link = tx.row(_Link, _FIND, (tx.merchant_id, secret_hash(secret), now()))
    if link is None:
        raise RecoveryLinkEnded
    return link


def _cards_behind(tx: Statements, email: str) -> list[LostCard]:
    """Refuses: RecoveryLinkEnded, where there is none any more."""
    cards = tx.rows(LostCard, _CARDS, (tx.merchant_id, email))
    if not cards:
        raise RecoveryLinkEnded
    return cards
