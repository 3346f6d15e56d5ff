"""What a card and a voucher say, in whole sentences of the active language."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.cards.rows import CardRow
from stampwell.languages.formatting import (
    Money,
    format_end,
    format_money,
    format_near_moment,
    format_number,
    format_start,
)
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.models import Merchant
from stampwell.programs.discount_words import say_discount
from stampwell.programs.draw_words import say_draw
from stampwell.programs.offering import reward_name
from stampwell.programs.rules import places_of, say_places, say_policy, say_times, say_who_confirms
from stampwell.programs.terms import RewardTerms, Terms, terms_of
from stampwell.vouchers.ending import ends_soon_since
from stampwell.vouchers.rows import VoucherRow, is_held, state_at, used_at
from stampwell.vouchers.till_codes import waits_for_code
from stampwell.web.shop_pages import shop_zone


def say_count(stamps: int, goal: int) -> str:
    return ngettext("%(stamps)s of %(goal)s stamp", "%(stamps)s of %(goal)s stamps", goal) % {
        "stamps": format_number(stamps),
        "goal": format_number(goal),
    }


def say_next(stamps: int, terms: Terms) -> str:
    """What comes next and how far it is."""
    step = next(step for step in terms.milestones if step.stamps > stamps)
    left = step.stamps - stamps
    return ngettext(
        "%(left)s more stamp until the next reward: %(reward)s",
        "%(left)s more stamps until the next reward: %(reward)s",
        left,
    ) % {"left": format_number(left), "reward": reward_name(terms, step.reward)}


def say_remainder(card: CardRow, terms: Terms) -> str:
    """What has been spent towards the next stamp; nothing on a card that counts visits."""
    if terms.amount_per_stamp is None:
        return ""
    return _("%(amount)s of %(whole)s towards the next stamp") % {
        "amount": format_money(Money(card.remainder, terms.currency)),
        "whole": format_money(Money(terms.amount_per_stamp, terms.currency)),
    }


def say_rewards(merchant: Merchant, terms: Terms) -> list[tuple[str, str, list[str]]]:
    """Every reward after its count of stamps, what limits its use and who confirms it; of a draw its odds."""
    places = places_of(merchant.id, (step.reward for step in terms.milestones))
    return [
        (
            ngettext("%(count)s stamp", "%(count)s stamps", step.stamps) % {"count": format_number(step.stamps)},
            reward_name(terms, step.reward),
            [*say_draw(terms, step.reward)]
            or [*say_discount(step.reward, terms.currency), *say_policy(merchant, step.reward, places)],
        )
        for step in terms.milestones
    ]


def say_state(state: str) -> str:
    return {
        "pending": _("Not ready yet"),
        "ready": _("Reward ready"),
        "reserved": _("Being used now"),
        "redeemed": _("Used"),
        "expired": _("Expired"),
        "void": _("Withdrawn"),
    }[state]


def say_action(voucher: VoucherRow, at: datetime) -> str:
    """What the button says that opens the voucher."""
    match state_at(voucher, at):
        case "ready":
            return _("Use the reward")
        case "reserved" if not is_held(voucher, at):
            return _("Show the code again")
    return _("Open the voucher")


def say_when(merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, at: datetime) -> str:
    """The one thing about time that matters in the voucher's present state."""
    clocks, zone, used = clocks_of(merchant, reward.location_ids), shop_zone(), used_at(voucher)
    match state_at(voucher, at):
        case "pending" if voucher.awaits_visit:
            return _("You can use it from your next visit on a later day.")
        case "pending":
            ready = format_near_moment(voucher.ready, clocks.zone_of(voucher.ready), now=at)
            return _("You can use it from: %(moment)s") % {"moment": ready}
        case "ready" if voucher.expires and ends_soon_since(merchant, voucher, at):
            end = format_end(voucher.expires, clocks.zone_of(voucher.expires))
            return _("It ends soon. Use it by: %(moment)s") % {"moment": end}
        case "ready" if voucher.expires:
            end = format_end(voucher.expires, clocks.zone_of(voucher.expires))
            return _("Use it by: %(moment)s") % {"moment": end}
        case "ready":
            return _("You can use it whenever you like.")
        case "redeemed" if used:
            return _("Used: %(moment)s") % {"moment": format_near_moment(used, zone, now=at)}
        case "expired" if voucher.expires:
            end = format_end(voucher.expires, clocks.zone_of(voucher.expires))
            return _("It was valid until: %(moment)s") % {"moment": end}
        case "void":
            return _("The stamp that earned it was undone.")
        case "reserved" if is_held(voucher, at):
            return _("It is being used at a till right now.")
    return _("Its code is being shown at the till.")


def say_validity(merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, at: datetime) -> list[str]:
    """That it waits for its code, what it takes off, from when or until when, on which days, at which hours and where
    it can be used.

    Of a used one, when it was. Who confirms the use of one that is ready is told by its own screen.
    """
    state = state_at(voucher, at)
    if state not in ("pending", "ready"):
        return [say_when(merchant, voucher, reward, at)]
    off = say_discount(reward, terms_of(merchant.id, voucher.version_id).currency)
    if waits := waits_for_code(merchant.id, voucher, reward):
        off = [_("Your code comes as soon as there is a new one."), *off]
    limits = [*say_times(reward), *say_places(reward, places_of(merchant.id, [reward]))]
    if (limits or waits) and state == "ready" and voucher.expires is None:
        return [*off, *limits]  # "whenever you like" would not be true
    who = [say_who_confirms(reward)] if state == "pending" else []
    return [*off, *_say_earliest(merchant, voucher, reward, at), say_when(merchant, voucher, reward, at), *limits, *who]


def _say_earliest(merchant: Merchant, voucher: VoucherRow, reward: RewardTerms, at: datetime) -> list[str]:
    """From when a visit makes it ready, where that is not as soon as “a later day” says."""
    if not voucher.awaits_visit or voucher.ready - at <= timedelta(days=2):
        return []
    zone = clocks_of(merchant, reward.location_ids).zone_of(voucher.ready)
    return [_("You can use it from: %(moment)s") % {"moment": format_start(voucher.ready, zone)}]
