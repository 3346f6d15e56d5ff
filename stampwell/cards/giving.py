"""Giving a card a reward by hand: to say sorry, or thank you."""

from uuid import UUID

import msgspec

from stampwell.cards.refusals import card_ended
from stampwell.cards.rows import lock_card
from stampwell.clock import now
from stampwell.events.actors import Actor
from stampwell.merchants.models import Merchant
from stampwell.programs.models import Reward
from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.vouchers.describing import VoucherFacts, describe_voucher
from stampwell.vouchers.issuing import issue_voucher, why_over
from stampwell.vouchers.rows import VoucherRow


class Given(msgspec.Struct, frozen=True):
    voucher: VoucherRow
    facts: VoucherFacts


def give_voucher(merchant: Merchant, card_id: UUID, reward_id: UUID, *, actor: Actor) -> Given:
    """Gives a reward of any version of the card's program. Refuses: NotFound, CardVoid, NeverUsable."""
    with merchant_transaction(merchant.id) as tx:
        card, _vouchers = lock_card(tx, card_id)
        at = now()
        reward = Reward.objects.filter(merchant_id=merchant.id, id=reward_id).first()
        terms = terms_of(merchant.id, reward.version_id) if reward else None
        if terms is None or terms.program_id != card.program_id:
            raise NotFound
        if reward_id not in {one.id for one in terms.rewards}:
            raise NotFound  # a draw is earned: nobody draws by hand, nor gives words of it
        if card.state != "active":
            raise card_ended(card.state)
        if refusal := why_over(merchant, terms.reward(reward_id), at, actor=actor):
            raise refusal
        voucher = issue_voucher(
            tx,
            merchant,
            terms,
            terms.reward(reward_id),
            card_id=card.id,
            issue=card.issue,
            source="hand",
            at=at,
            actor=actor,
        )
        return Given(voucher, describe_voucher(tx, voucher, at=at))
