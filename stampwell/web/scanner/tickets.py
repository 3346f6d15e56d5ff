"""The rewards of a card that was scanned: which can be handed out here and now, and why another one cannot."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from stampwell.cards.rows import CardRow
from stampwell.clock import now
from stampwell.counter.handing_over import why_not_hand_over
from stampwell.ids import public_id
from stampwell.languages.explaining import explain
from stampwell.languages.formatting import format_end, format_near_moment
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_words import say_discount
from stampwell.programs.rules import say_times
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_reads
from stampwell.vouchers.grace import honoured_until, honoured_vouchers
from stampwell.vouchers.refusals import VoucherAwaitsVisit, VoucherNotReady, WrongLocation, WrongTime
from stampwell.vouchers.rows import VoucherRow, handed_out_at
from stampwell.web.scanner.discounts import takes_amount
from stampwell.web.scanner.presence import Shift
from stampwell.web.stations.progress import MOST_TICKETS, name_reward, say_handed_out


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """`label` says how it stands with the reward, `lines` until when, or from when, where or why.
    Where it `takes_amount`, staff may tell the amount of the purchase, and are told what comes off it.
    """

    id: str
    name: str
    can_be_used: bool
    label: str
    lines: list[str]
    takes_amount: bool


def see_tickets(
    shift: Shift, card: CardRow, vouchers: Sequence[VoucherRow], *, fresh: Collection[UUID] = ()
) -> list[Ticket]:
    """What can be handed out here and now, the one that ends first on top; below it the others, by when they can be.
    Those that were earned by this very stamp are `fresh`.
    """
    shown = [*vouchers, *_in_grace(shift, card)]
    judged = [(voucher, why_not_hand_over(shift.merchant, voucher, actor=shift.actor)) for voucher in shown]
    judged.sort(key=lambda pair: _place(*pair))
    return [
        Ticket(
            id=public_id("vch", voucher.id),
            name=name_reward(shift.merchant, voucher),
            can_be_used=refusal is None,
            label=_label(voucher, refusal, is_fresh=voucher.id in fresh),
            lines=[*_handed_out(shift, voucher), *_lines(shift, voucher, refusal)],
            takes_amount=refusal is None and takes_amount(_reward_of(shift.merchant, voucher)),
        )
        for voucher, refusal in judged[:MOST_TICKETS]
    ]


def _in_grace(shift: Shift, card: CardRow) -> list[VoucherRow]:
    """By what each voucher promised: the card may have gone on to other terms since."""
    with merchant_reads(shift.merchant.id) as tx:
        return honoured_vouchers(tx, shift.merchant, card.id, actor=shift.actor, at=now())


def _place(voucher: VoucherRow, refusal: Refusal | None) -> tuple[bool, bool, datetime, datetime, UUID]:
    """By its end what can be used, by its beginning what cannot; what never ends comes after what does."""
    begins, ends = voucher.ready, voucher.expires
    counts = begins if refusal else ends
    return (refusal is not None, counts is None, counts or begins, begins, voucher.id)


def _label(voucher: VoucherRow, refusal: Refusal | None, *, is_fresh: bool) -> str:
    if isinstance(refusal, VoucherNotReady):
        return _("Not ready yet")
    if refusal:
        return str(refusal.title)
    if voucher.expires and voucher.expires <= now():
        return _("Expired, still honoured")
    return _("Earned just now") if is_fresh else _("Reward ready")


def _lines(shift: Shift, voucher: VoucherRow, refusal: Refusal | None) -> Iterator[str]:
    zone = shift.counter.zone
    terms = terms_of(shift.merchant.id, voucher.version_id)
    reward = terms.reward(voucher.reward_id)
    if refusal is None:
        yield from conditions_of(reward, terms)
    if isinstance(refusal, VoucherAwaitsVisit):
        yield _("Can be used from the next visit on a later day.")
    elif isinstance(refusal, VoucherNotReady):
        yield _("Can be used: %(ready)s") % {"ready": format_near_moment(voucher.ready, zone, now=now())}
    elif isinstance(refusal, WrongTime):
        yield from say_times(reward)
    elif isinstance(refusal, WrongLocation):
        yield explain(refusal, zone).what_to_do
    elif refusal:
        yield explain(refusal, zone).staff_message
    elif voucher.expires:
        clocks, until = clocks_of(shift.merchant, reward.location_ids), None
        ends = format_end(voucher.expires, clocks.zone_of(voucher.expires))
        if voucher.expires <= now():
            until = honoured_until(shift.merchant, voucher, reward)
        if until is None:
            yield _("Valid until: %(until)s") % {"until": ends}
        else:
            facts = {"ended": ends, "until": format_end(until, clocks.zone_of(until))}
            yield _("Was valid until: %(ended)s. You can still hand it out until: %(until)s") % facts


def _handed_out(shift: Shift, voucher: VoucherRow) -> Iterator[str]:
    if at := handed_out_at(voucher, now()):
        yield say_handed_out(at, shift.counter.zone)


def conditions_of(reward: RewardTerms, terms: Terms) -> list[str]:
    """What staff have to know before they hand it out."""
    manager = [_("A manager has to agree")] if reward.needs_manager else []
    return [*manager, *say_discount(reward, terms.currency)]


def _reward_of(merchant: Merchant, voucher: VoucherRow) -> RewardTerms:
    return terms_of(merchant.id, voucher.version_id).reward(voucher.reward_id)
