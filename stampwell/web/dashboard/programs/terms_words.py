"""What has changed between two versions of the terms, in words: before and after, side by side."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stampwell.languages.formatting import (
    Money,
    format_duration,
    format_end,
    format_list,
    format_money,
    format_number,
    format_start,
    format_weekdays,
)
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.hours import say_span
from stampwell.merchants.models import Merchant
from stampwell.programs.comparing import Change, Term, Verdict
from stampwell.programs.discount_words import say_discount
from stampwell.programs.draw_words import say_prize
from stampwell.programs.offering import earning_text, reward_name
from stampwell.programs.rules import places_of
from stampwell.programs.term_names import TERM_NAMES
from stampwell.programs.terms import MilestoneTerms, RewardTerms, Terms
from stampwell.web.dashboard.lookup import all_locations_of

VERDICTS: dict[Verdict, tuple[str | Promise, str]] = {
    "better": (gettext_lazy("Better for customers"), "good"),
    "worse": (gettext_lazy("Worse for customers"), "bad"),
    "other": (gettext_lazy("Different"), ""),
}
_SHORT: dict[Verdict, str | Promise] = {
    "better": gettext_lazy("Better"),
    "worse": gettext_lazy("Worse"),
    "other": gettext_lazy("Different"),
}


class Row(msgspec.Struct, frozen=True):
    """`reward` says whose term it is, where it is one of a reward."""

    label: str | Promise
    reward: str
    before: str
    after: str
    verdict: str | Promise
    tone: str


def names_of_places(merchant: Merchant) -> dict[UUID, str]:
    return {place.id: place.name for place in all_locations_of(merchant)}


def say_changes(
    merchant: Merchant, before: Terms, after: Terms, changes: list[Change], places: Mapping[UUID, str]
) -> list[Row]:
    """`places` are the names of the shop's locations, also of closed ones."""

    def say_places(reward: RewardTerms) -> str:
        names = [places[one] for one in reward.location_ids if one in places]
        return format_list(names) if names else _("At any location")

    of_reward: dict[Term, Callable[[RewardTerms], str]] = _OF_REWARD | {
        "locations": say_places,
        "active_from": lambda reward: _say_first_day(merchant, reward),
        "valid_until": lambda reward: _say_last_day(merchant, reward),
    }

    def say(change: Change, terms: Terms, side: Terms | MilestoneTerms | None) -> str:
        match side:
            case None:
                return "–"
            case Terms():
                return _OF_CARD[change.term](side)
            case MilestoneTerms() if change.term == "reward":
                return _say_milestone(terms, side)
            case MilestoneTerms() if change.term == "discount":
                return " ".join(say_discount(side.reward, terms.currency)) or _("The till decides")
            case MilestoneTerms() if change.term == "prizes":
                return " · ".join(say_prize(terms, prize) for prize in side.reward.prizes)
            case MilestoneTerms():
                return of_reward[change.term](side.reward)

    return [
        Row(
            label=TERM_NAMES[change.term],
            reward=_whose(before, change),
            before=say(change, before, change.before),
            after=say(change, after, change.after),
            verdict=_SHORT[change.verdict],
            tone=VERDICTS[change.verdict][1],
        )
        for change in changes
    ]


def say_reward(merchant: Merchant, reward: RewardTerms, currency: str) -> list[tuple[str | Promise, str]]:
    """What is set of a reward, each with its name, and who confirms its use; what limits nothing is left out.

    Nothing of a draw: each prize has terms of its own.
    """
    if reward.prizes:
        return []
    return [
        *([(TERM_NAMES["discount"], " ".join(off))] if (off := say_discount(reward, currency)) else []),
        *([(TERM_NAMES["active_after"], _say_delay(reward))] if reward.active_after_seconds else []),
        *([(TERM_NAMES["next_visit"], _("Yes"))] if reward.from_next_visit else []),
        *([(TERM_NAMES["active_from"], _say_first_day(merchant, reward))] if reward.active_from else []),
        *([(TERM_NAMES["valid_days"], _say_days(reward))] if reward.valid_days else []),
        *([(TERM_NAMES["valid_until"], _say_last_day(merchant, reward))] if reward.valid_until else []),
        *([(_("Days of grace"), format_number(reward.grace_days))] if reward.grace_days else []),
        *([(_("Reminder (days before the end)"), format_number(days))] if (days := reward.remind_days_before) else []),
        *([(TERM_NAMES["times"], _say_times(reward))] if reward.weekdays or reward.hours else []),
        *([(TERM_NAMES["locations"], _say_locations(merchant, reward))] if reward.location_ids else []),
        (_("Who confirms its use"), _say_who_confirms(reward)),
    ]


def _say_locations(merchant: Merchant, reward: RewardTerms) -> str:
    places = places_of(merchant.id, [reward])
    if not places:
        return _("At no location: all of them were closed")
    return format_list(sorted_by_name(list(places.values()), str))


def _say_who_confirms(reward: RewardTerms) -> str:
    match reward.path:
        case "staff_scan" if reward.needs_manager:
            return _("Your staff, with a scan and the PIN of a manager")
        case "staff_scan":
            return _("Your staff, with a scan")
        case "self_redeem" if reward.place_check:
            return _("The customer, on their own phone, near one of the locations")
        case "self_redeem":
            return _("The customer, on their own phone")
        case "redeem_code" if reward.redeem_code_kind == "api":
            return _("The till, which asks here first")
    return _("The till, which reads a code")


def _whose(before: Terms, change: Change) -> str:
    if isinstance(change.before, MilestoneTerms) and change.term != "reward":
        return reward_name(before, change.before.reward)
    return ""


def _say_milestone(terms: Terms, milestone: MilestoneTerms) -> str:
    facts = {"shown": format_number(milestone.stamps), "reward": reward_name(terms, milestone.reward)}
    return ngettext("After %(shown)s stamp: %(reward)s", "After %(shown)s stamps: %(reward)s", milestone.stamps) % facts


def _say_stamps(count: int) -> str:
    return ngettext("%(count)s stamp", "%(count)s stamps", count) % {"count": format_number(count)}


def _say_money(amount: int | None, terms: Terms) -> str:
    return format_money(Money(amount, terms.currency)) if amount else "–"


def _say_cooldown(terms: Terms) -> str:
    seconds = terms.cooldown_seconds
    return format_duration(timedelta(seconds=seconds)) if seconds else _("No pause")


def _say_days(reward: RewardTerms) -> str:
    if reward.valid_days is None:
        return _("No fixed end")
    return ngettext("%(count)s day", "%(count)s days", reward.valid_days) % {"count": format_number(reward.valid_days)}


def _say_first_day(merchant: Merchant, reward: RewardTerms) -> str:
    if reward.active_from is None:
        return _("No fixed beginning")
    return format_start(reward.active_from, clocks_of(merchant, reward.location_ids).zone_of(reward.active_from))


def _say_last_day(merchant: Merchant, reward: RewardTerms) -> str:
    if reward.valid_until is None:
        return _("No fixed end")
    return format_end(reward.valid_until, clocks_of(merchant, reward.location_ids).zone_of(reward.valid_until))


def _say_delay(reward: RewardTerms) -> str:
    seconds = reward.active_after_seconds
    return format_duration(timedelta(seconds=seconds)) if seconds else _("Immediately")


def _say_times(reward: RewardTerms) -> str:
    days = format_weekdays({day - 1 for day in reward.weekdays}) if reward.weekdays else ""
    hours = format_list(say_span(span) for span in reward.hours)
    return ", ".join(part for part in (days, hours) if part) or _("At any time")


_OF_CARD: dict[Term, Callable[[Terms], str]] = {
    "goal": lambda terms: _say_stamps(terms.goal),
    "earning": earning_text,
    "amount_per_stamp": lambda terms: _say_money(terms.amount_per_stamp, terms),
    "minimum_spend": lambda terms: _say_money(terms.minimum_spend, terms),
    "cooldown": _say_cooldown,
    "daily_cap": lambda terms: _say_stamps(terms.daily_cap) if terms.daily_cap else "–",
    "only_when_open": lambda terms: _("During opening hours") if terms.only_when_open else _("At any time"),
}
_OF_REWARD: dict[Term, Callable[[RewardTerms], str]] = {
    "valid_days": _say_days,
    "active_after": _say_delay,
    "next_visit": lambda reward: _("Yes") if reward.from_next_visit else _("No"),
    "times": _say_times,
    "minimum_age": lambda reward: format_number(reward.minimum_age) if reward.minimum_age else "–",
}
