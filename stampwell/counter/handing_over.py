"""Handing a reward over, and showing voucher and card after it."""

from uuid import UUID

import msgspec

from stampwell.cards.describing import CardFacts, describe_card
from stampwell.cards.standing import read_card
from stampwell.clock import now
from stampwell.ids import private_id
from stampwell.merchants.access import Actor
from stampwell.merchants.models import Merchant
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import RedemptionFacts, ReversalFacts, VoucherFacts
from stampwell.vouchers.redeeming import redeem_voucher
from stampwell.vouchers.reversing import reverse_redemption


class HandedOver(msgspec.Struct, frozen=True):
    redemption: RedemptionFacts
    voucher: VoucherFacts
    card: CardFacts


class GivenBack(msgspec.Struct, frozen=True):
    reversal: ReversalFacts
    voucher: VoucherFacts
    card: CardFacts


def hand_over(
    merchant: Merchant,
    voucher_id: UUID,
    *,
    path: str | None = None,
    actor: Actor,
    receipt_id: str | None = None,
) -> HandedOver:
    """Redeems the voucher. Refuses as `redeem_voucher` does."""
    with merchant_transaction(merchant.id) as tx:
        done = redeem_voucher(merchant, voucher_id, path=path, actor=actor, receipt_id=receipt_id)
        return HandedOver(done.redemption, done.voucher, _card_of(tx, done.voucher))


def give_back(merchant: Merchant, redemption_id: UUID, *, reason: str, actor: Actor) -> GivenBack:
    """Reverses the redemption. Refuses as `reverse_redemption` does."""
    with merchant_transaction(merchant.id) as tx:
        done = reverse_redemption(merchant, redemption_id, reason=reason, actor=actor)
        return GivenBack(done.reversal, done.voucher, _card_of(tx, done.voucher))


def _card_of(tx: Statements, voucher: VoucherFacts) -> CardFacts:
    card_id = private_id("crd", voucher.card_id)
    assert card_id is not None, "a voucher is for a card"
    card, vouchers = read_card(tx, card_id)
    return describe_card(tx, card, vouchers, at=now())
