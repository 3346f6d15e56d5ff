"""What the worker does for a card, step by step."""

from stampwell.transactions import merchant_transaction
from stampwell.wallet.google.dispatch import send_due_cards
from stampwell.wallet.google.models import GoogleObject
from stampwell.wallet.google.queue import note_changed_cards
from stampwell.wallet.google.save_button import save_link
from tests.world import HeldCard


def save(card: HeldCard) -> None:
    """Somebody taps “Add to Google Wallet”, and the worker brings the rest."""
    save_link(card.shop.merchant, card.id)
    send_due_cards()


def note(*cards: HeldCard) -> None:
    for card in cards:
        with merchant_transaction(card.shop.merchant.id) as tx:
            note_changed_cards(tx, [card.id])


def follow(*cards: HeldCard) -> int:
    note(*cards)
    return send_due_cards()


def row_of(card: HeldCard) -> GoogleObject:
    return GoogleObject.objects.get(kind="card", card_id=card.id)
