"""A lost card goes on with new links and codes: the same stamps, rounds and vouchers for the same customer.

Whatever the lost phone or paper shows opens nothing any more: links, barcodes, rotating codes, passes, and the short
number too. Staff type that number in, so whoever found the phone could collect the rewards with it.
"""

from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, describe_card
from stampwell.cards.finding import CardRef
from stampwell.cards.issuing import CardEvent
from stampwell.cards.refusals import card_ended, link_ended
from stampwell.cards.relinking import relink_card
from stampwell.cards.rows import CardRow, lock_card
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.events.recording import record
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.rows import VoucherRow, still_open


class Recovered(msgspec.Struct, frozen=True):
    """The card and its open vouchers, under their new links."""

    card: CardRow
    vouchers: list[VoucherRow]
    facts: CardFacts


def recover_card(merchant: Merchant, card_id: UUID, *, actor: Actor) -> Recovered:
    """Refuses: NotFound, CardVoid."""
    with merchant_transaction(merchant.id) as tx:
        return move_lost_card(tx, card_id, actor=actor)


def take_into_phone(merchant: Merchant, ref: CardRef, *, actor: Actor) -> Recovered:
    """The card by the link of `ref`, which its holder has on paper: recovered, and the paper opens nothing any more.

    Of two phones that do so at once the first has the card. Refuses: NotFound, CardMoved, CardErased, CardMerged.
    """
    with merchant_transaction(merchant.id) as tx:
        card, _vouchers = lock_card(tx, ref.id)
        if card.issue != ref.issue:
            raise link_ended(card.state)
        return move_lost_card(tx, card.id, actor=actor)


def move_lost_card(tx: Statements, card_id: UUID, *, actor: Actor) -> Recovered:
    """Refuses: NotFound, CardVoid."""
    lost, vouchers = lock_card(tx, card_id)
    at = now()
    if lost.state != "active":
        raise card_ended(lost.state)
    card = relink_card(tx, lost, at=at)
    vouchers = [msgspec.structs.replace(one, issue=card.issue) for one in still_open(vouchers, at)]
    facts = describe_card(tx, card, vouchers, at=at)
    record(tx, "card.recovered", CardEvent(facts), at=at, actor=actor, card_id=card.id)
    return Recovered(card, vouchers, facts)
