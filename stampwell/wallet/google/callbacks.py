"""Takes Google's callbacks, which say that a card was saved or removed. Each counts once, and the newest one wins."""

from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from stampwell.clock import new_id, now
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, for_each_merchant, merchant_transaction, merchants_where
from stampwell.wallet.configuration import google_callback_sender
from stampwell.wallet.google.account import google_account
from stampwell.wallet.google.callback_signature import CallbackRefused, KeyUnknown, Message, read_callback
from stampwell.wallet.google.queue import note_saved_card
from stampwell.wallet.google.root_keys import newer_root_keys, root_keys
from stampwell.wallet.saved_events import record_removed, record_saved


class _CardRow(msgspec.Struct, frozen=True):
    id: UUID
    card_id: UUID
    heard: datetime | None


class _NonceRow(msgspec.Struct, frozen=True):
    id: UUID
    nonce: str
    expires: datetime


_CARD = """
    SELECT o.id, o.card_id, o.heard FROM google_object o
    WHERE o.merchant_id = %(merchant)s AND o.object_id = %(object)s AND o.kind = 'card' AND EXISTS (
        SELECT 1 FROM google_object c
        WHERE c.merchant_id = %(merchant)s AND c.object_id = %(class)s AND c.kind = 'program_class'
    )
    FOR UPDATE OF o
"""

_SAVED = """
    UPDATE google_object SET heard = %s, saved = %s, removed = NULL WHERE merchant_id = %s AND id = %s
"""

# The card is not sent any more. Only its end, and that of its offers, still is.
_REMOVED = "UPDATE google_object SET heard = %s, removed = %s WHERE merchant_id = %s AND id = %s"


def take_callback(merchant: Merchant, body: bytes) -> bool:
    """Writes down that a card was saved or removed. False if this callback, or a newer one, has been taken already.

    Raises CallbackRefused, AccountProblem, and GoogleProblem where Google's keys cannot be fetched.
    """
    at = now()
    message = _read(body, at)
    with merchant_transaction(merchant.id) as tx:
        card = tx.row(
            _CardRow,
            _CARD,
            {"merchant": merchant.id, "object": message.object_id, "class": message.class_id},
        )
        if card is None:
            raise CallbackRefused("not ours")
        if not tx.insert_new("google_nonce", _NonceRow(new_id(), message.nonce, message.expires)):
            return False
        if card.heard and message.expires < card.heard:
            return False
        _write(tx, card, message, at)
    return True


def _read(body: bytes, at: datetime) -> Message:
    read = partial(read_callback, body, sender=google_callback_sender(), issuer=google_account().issuer, at=at)
    try:
        return read(root_keys())
    except KeyUnknown:
        return read(newer_root_keys())  # Google may have changed its keys before the day was over


def forget_old_callbacks() -> None:
    """Deletes callbacks that are expired: they would be refused anyway."""
    at = now()
    with_old = merchants_where("SELECT DISTINCT merchant_id FROM google_nonce WHERE expires < %s", (at,))

    def forget(merchant_id: UUID) -> None:
        with merchant_transaction(merchant_id) as tx:
            tx.write("DELETE FROM google_nonce WHERE merchant_id = %s AND expires < %s", (merchant_id, at))

    for_each_merchant(with_old, forget)


def _write(tx: Statements, card: _CardRow, message: Message, at: datetime) -> None:
    if message.event_type == "save":
        tx.write(_SAVED, (message.expires, at, tx.merchant_id, card.id))
        note_saved_card(tx, card.id)
        record_saved(tx, card.card_id, "google", at=at)
    else:
        tx.write(_REMOVED, (message.expires, at, tx.merchant_id, card.id))
        record_removed(tx, card.card_id, "google", at=at)
