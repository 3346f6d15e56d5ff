"""Handing a reward over, and showing voucher and card after it."""

from datetime import timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.cards.describing import CardFacts, describe_card
from stampwell.cards.rows import holder_of, read_card
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.ids import private_id
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import terms_of
from stampwell.refusal import Kind, Refusal
from stampwell.transactions import Statements, merchant_transaction
from stampwell.vouchers.describing import RedemptionFacts, ReversalFacts, VoucherFacts
from stampwell.vouchers.models import Redemption
from stampwell.vouchers.redeeming import read_voucher, redeem_voucher, why_not_redeem
from stampwell.vouchers.reversing import reverse_redemption


class TakeBackTooLate(Refusal):
    code = "take_back_too_late"
    kind = Kind.FORBIDDEN
    title = _("Too late to take back here")
    staff_text = _("A reward can be taken back at the scanner within a minute.")
    customer_text = _("The shop can no longer take this back at the counter.")
    what_to_do = _("A manager can take it back on the card's page, with a reason.")


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
        card, others = holder_of(tx, voucher_id)
        done = redeem_voucher(merchant, voucher_id, path=path, actor=actor, receipt_id=receipt_id)
        held = card.row()
        assert held is not None, "a voucher is for a card"
        return HandedOver(done.redemption, done.voucher, describe_card(tx, held, others.rows(), at=done.redemption.at))


def why_not_hand_over(merchant: Merchant, voucher_id: UUID, *, actor: Actor) -> Refusal | None:
    """The reason why this reward cannot be handed out here and now, or None; nothing changes. Refuses: NotFound."""
    with merchant_transaction(merchant.id) as tx:
        voucher = read_voucher(tx, voucher_id)
        reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
        return why_not_redeem(tx, merchant, voucher, reward, actor, now())


def give_back(
    merchant: Merchant, redemption_id: UUID, *, reason: str, actor: Actor, within: timedelta | None = None
) -> GivenBack:
    """Reverses the redemption; `within` limits how old it may be.

    Refuses as `reverse_redemption` does, and TakeBackTooLate.
    """
    with merchant_transaction(merchant.id) as tx:
        if within is not None and _is_older(merchant, redemption_id, within):
            raise TakeBackTooLate
        done = reverse_redemption(merchant, redemption_id, reason=reason, actor=actor)
        return GivenBack(done.reversal, done.voucher, _card_of(tx, done.voucher))


def _is_older(merchant: Merchant, redemption_id: UUID, age: timedelta) -> bool:
    return Redemption.objects.filter(merchant=merchant, id=redemption_id, at__lt=now() - age).exists()


def _card_of(tx: Statements, voucher: VoucherFacts) -> CardFacts:
    card_id = private_id("crd", voucher.card_id)
    assert card_id is not None, "a voucher is for a card"
    card, vouchers = read_card(tx, card_id)
    return describe_card(tx, card, vouchers, at=now())
