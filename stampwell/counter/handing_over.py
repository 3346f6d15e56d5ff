"""Handing a reward over, and showing voucher and card after it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from stampwell.cards.describing import CardFacts, describe_card
from stampwell.cards.refusals import CardErased
from stampwell.cards.rows import CardRow, holder_of, read_card
from stampwell.clock import now
from stampwell.events.actors import Actor, Entered
from stampwell.merchants.managers import NeedsManager, is_manager
from stampwell.merchants.models import Merchant
from stampwell.programs.terms import Path, RewardTerms, Terms, terms_of
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import Later, Statements, merchant_transaction
from stampwell.vouchers.baskets import Basket
from stampwell.vouchers.checking import LIVE, is_own_use
from stampwell.vouchers.describing import RedemptionFacts, ReversalFacts, VoucherFacts
from stampwell.vouchers.nearness import Spot
from stampwell.vouchers.redeeming import use_voucher, why_not_redeem
from stampwell.vouchers.returning import Part, return_part
from stampwell.vouchers.reversing import return_voucher
from stampwell.vouchers.rows import (
    RedemptionRow,
    ReversalRow,
    VoucherRow,
    ask_to_lock_voucher,
    read_redemption,
    still_open,
)


class TakeBackTooLate(Refusal):
    code = "take_back_too_late"
    kind = Kind.FORBIDDEN
    title = _("Too late to restore it here")
    staff_text = _("A voucher can be restored at the scanner within a minute.")
    customer_text = _("The voucher can no longer be restored at the counter.")
    what_to_do = _("A manager can restore it on the card’s page, with a reason.")


class RestoringNeedsManager(NeedsManager):
    staff_text = _("Here a used voucher is restored only with a manager.")
    what_to_do = _("A manager can agree at the scanner with a PIN, or restore the voucher on the card’s page.")


class RewardNeedsManager(NeedsManager):
    staff_text = _("This reward is handed out only with a manager.")
    what_to_do = _("A manager can agree at the scanner with a PIN, or hand it out on the card’s page.")


class CameBy(msgspec.Struct, frozen=True):
    """How the card of a voucher came to the counter: `entered` says it where no code was shown, `seconds` how long ago
    its code was scanned; None where none was, or nobody knows.
    """

    entered: Entered | None = None
    seconds: int | None = None


class HandedOverFacts(msgspec.Struct, frozen=True):
    redemption: RedemptionFacts
    voucher: VoucherFacts
    card: CardFacts


class HandedOver(msgspec.Struct, frozen=True, kw_only=True):
    """The card that the voucher is for and its other open vouchers."""

    redemption: RedemptionRow
    voucher: VoucherRow
    card: CardRow
    vouchers: list[VoucherRow]
    facts: HandedOverFacts


class GivenBackFacts(msgspec.Struct, frozen=True):
    reversal: ReversalFacts
    voucher: VoucherFacts
    card: CardFacts


class GivenBack(msgspec.Struct, frozen=True, kw_only=True):
    """The card that the voucher is for and its open vouchers, this one among them again."""

    reversal: ReversalRow
    voucher: VoucherRow
    card: CardRow
    vouchers: list[VoucherRow]
    facts: GivenBackFacts


def hand_over(
    merchant: Merchant,
    voucher_id: UUID,
    *,
    path: Path | None = None,
    actor: Actor,
    receipt_id: str | None = None,
    how_named: Callable[[UUID], CameBy] | None = None,
    agreed_by: UUID | None = None,
    bought: Callable[[Terms, RewardTerms], Basket | None] | None = None,
    spot: Spot | None = None,
) -> HandedOver:
    """Redeems the voucher. `how_named` tells how its card came to the counter, `agreed_by` is a manager who has agreed,
    `bought` reads the purchase by the terms of the voucher, `spot` is where the phone of a customer who uses it alone
    says to be.

    Refuses as `use_voucher`, `how_named` and `bought` do, and RewardNeedsManager.
    """
    with merchant_transaction(merchant.id) as tx:
        asked = ask_to_hand_over(tx, voucher_id)
        basket = _read_basket(merchant, asked.voucher.row(), bought) if bought else None
        return hand_over_asked(
            tx,
            merchant,
            asked,
            path=path,
            actor=actor,
            receipt_id=receipt_id,
            how_named=how_named,
            agreed_by=agreed_by,
            basket=basket,
            spot=spot,
        )


class RewardAsked(msgspec.Struct, frozen=True):
    """A voucher with its card that was asked for and comes with the next read, held until the transaction ends."""

    card: Later[CardRow]
    others: Later[VoucherRow]
    voucher: Later[VoucherRow]


def ask_to_hand_over(tx: Statements, voucher_id: UUID) -> RewardAsked:
    card, others = holder_of(tx, voucher_id)
    return RewardAsked(card, others, ask_to_lock_voucher(tx, voucher_id))


def hand_over_asked(
    tx: Statements,
    merchant: Merchant,
    asked: RewardAsked,
    *,
    path: Path | None = None,
    actor: Actor,
    receipt_id: str | None = None,
    how_named: Callable[[UUID], CameBy] | None = None,
    agreed_by: UUID | None = None,
    reservation: UUID | None = None,
    basket: Basket | None = None,
    spot: Spot | None = None,
) -> HandedOver:
    """As `hand_over`, with what was asked for together with something else: `ask_to_hand_over`.

    `reservation` is the one by which the till holds the voucher, `basket` what is bought.
    """
    voucher, card = asked.voucher.row(), asked.card.row()
    if voucher is None:
        raise NotFound
    assert card is not None, "a voucher is for a card"
    came_by = how_named(card.id) if how_named else CameBy()
    agreed_by = _who_agreed(tx, merchant, voucher, actor, agreed_by)
    done = use_voucher(
        tx,
        merchant,
        voucher,
        path=path,
        actor=actor,
        receipt_id=receipt_id,
        entered=came_by.entered,
        scan_seconds=came_by.seconds,
        agreed_by=agreed_by,
        reservation=reservation,
        basket=basket,
        spot=spot,
    )
    at = done.redemption.at
    vouchers = still_open(asked.others.rows(), at)
    facts = HandedOverFacts(done.facts.redemption, done.facts.voucher, describe_card(tx, card, vouchers, at=at))
    return HandedOver(redemption=done.redemption, voucher=done.voucher, card=card, vouchers=vouchers, facts=facts)


def _read_basket(
    merchant: Merchant, voucher: VoucherRow | None, bought: Callable[[Terms, RewardTerms], Basket | None]
) -> Basket | None:
    if voucher is None:
        raise NotFound
    terms = terms_of(merchant.id, voucher.version_id)
    return bought(terms, terms.reward(voucher.reward_id))


def _who_agreed(
    tx: Statements, merchant: Merchant, voucher: VoucherRow, actor: Actor, agreed_by: UUID | None
) -> UUID | None:
    """The manager whom a reward needed that staff, or a device with nobody at it, hand out. A program of the owner's
    needs none.

    Refuses: RewardNeedsManager; what stands in the way of the reward anyway comes first.
    """
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    if not reward.needs_manager or actor.api_key_id or is_manager(tx, actor.staff_member_id):
        return None
    if agreed_by is None:
        raise why_not_redeem(tx, merchant, voucher, reward, actor, now()) or RewardNeedsManager
    return agreed_by


def why_not_hand_over(merchant: Merchant, voucher: VoucherRow, *, actor: Actor) -> Refusal | None:
    """The reason why this reward cannot be handed out here and now, or None; nothing changes."""
    reward = terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
    with merchant_transaction(merchant.id) as tx:
        return why_not_redeem(tx, merchant, voucher, reward, actor, now())


def give_back(
    merchant: Merchant,
    redemption_id: UUID,
    *,
    reason: str,
    actor: Actor,
    within: timedelta | None = None,
    agreed_by: UUID | None = None,
    part: Part | None = None,
) -> GivenBack:
    """Reverses the redemption; `within` limits how old it may be, `agreed_by` is a manager who has agreed to it. What a
    customer has used alone may be as old as the screen that shows it moves. Of a `part` of what it took off the voucher
    stays used.

    Refuses as `reverse_redemption` and `return_part` do, and TakeBackTooLate, RestoringNeedsManager, and CardErased:
    nobody could use it, and a reason would name whom all else has forgotten.
    """
    with merchant_transaction(merchant.id) as tx:
        redemption = read_redemption(tx, redemption_id)
        if within is not None and is_own_use(redemption):
            within = max(within, LIVE)
        if within is not None and now() - redemption.at > within:
            raise TakeBackTooLate
        voucher = ask_to_lock_voucher(tx, redemption.voucher_id)
        holder, _others = holder_of(tx, redemption.voucher_id)  # as it is once the voucher is held
        held, before = voucher.row(), holder.row()
        assert held is not None, "a redemption is of a voucher"
        assert before is not None, "a voucher is for a card"
        if before.state == "erased":
            raise CardErased
        needs_manager = held.reversals == redemption.reversal_no and _needs_manager(tx, merchant, actor)
        if needs_manager and agreed_by is None:
            raise RestoringNeedsManager
        agreed_by = agreed_by if needs_manager else None
        if part is None:
            done = return_voucher(tx, merchant, redemption, held, reason=reason, actor=actor, agreed_by=agreed_by)
        else:
            done = return_part(tx, merchant, redemption, held, part, reason=reason, actor=actor)
        card, vouchers = read_card(tx, done.voucher.card_id)
        at = now()
        vouchers = still_open(vouchers, at)
        facts = GivenBackFacts(done.facts.reversal, done.facts.voucher, describe_card(tx, card, vouchers, at=at))
        return GivenBack(reversal=done.reversal, voucher=done.voucher, card=card, vouchers=vouchers, facts=facts)


def _needs_manager(tx: Statements, merchant: Merchant, actor: Actor) -> bool:
    """A program with the right to restore has it from the owner; at the desk only managers can."""
    return merchant.restoring_needs_manager and actor.source == "scanner" and not is_manager(tx, actor.staff_member_id)
