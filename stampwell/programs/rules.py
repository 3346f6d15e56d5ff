"""The rules of a program in whole sentences: what holds for stamps, and when and where a reward can be used."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stampwell.clock import now
from stampwell.languages.formatting import (
    Money,
    format_choice,
    format_duration,
    format_end,
    format_money,
    format_number,
    format_start,
    format_weekdays,
)
from stampwell.languages.ordering import sorted_by_name
from stampwell.merchants.clocks import clocks_of
from stampwell.merchants.hours import say_span
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.lasting import DAY_SECONDS
from stampwell.programs.terms import RewardTerms, Terms

SHORTEST_PAUSE_TOLD = 3600  # seconds; a shorter one only guards against a slip of the hand


def say_rules(terms: Terms) -> list[str]:
    """What holds for stamps, besides what one is given for."""
    return [*say_welcome(terms), *say_what_counts(terms), *say_how_often(terms)]


def say_welcome(terms: Terms) -> Iterator[str]:
    if terms.welcome_stamps:
        yield ngettext(
            "A new card begins with %(count)s stamp.", "A new card begins with %(count)s stamps.", terms.welcome_stamps
        ) % {"count": format_number(terms.welcome_stamps)}


def say_what_counts(terms: Terms) -> Iterator[str]:
    if terms.minimum_spend:
        amount = format_money(Money(terms.minimum_spend, terms.currency))
        yield _("Purchases of %(amount)s or more count.") % {"amount": amount}
    if terms.only_when_open:
        yield _("Stamps are given during opening hours only.")


def say_how_often(terms: Terms) -> Iterator[str]:
    if terms.daily_cap:
        yield ngettext(
            "You can get %(count)s stamp a day at most.", "You can get %(count)s stamps a day at most.", terms.daily_cap
        ) % {"count": format_number(terms.daily_cap)}
    if terms.cooldown_seconds >= SHORTEST_PAUSE_TOLD:
        length = format_duration(timedelta(seconds=terms.cooldown_seconds))
        yield _("Pause between two stamps: %(length)s.") % {"length": length}


def say_how_long(merchant: Merchant, reward: RewardTerms) -> Iterator[str]:
    """From when and until when a reward can be used."""
    if reward.active_after_seconds == DAY_SECONDS:
        yield _("It can be used from the next day on.")
    elif reward.active_after_seconds:
        length = format_duration(timedelta(seconds=reward.active_after_seconds))
        yield _("It can be used after a wait: %(length)s") % {"length": length}
    if reward.active_from and reward.active_from > now():
        zone = clocks_of(merchant, reward.location_ids).zone_of(reward.active_from)
        yield _("You can use it from: %(moment)s") % {"moment": format_start(reward.active_from, zone)}
    if reward.from_next_visit:
        yield _("You can use it from your next visit on a later day.")
    if reward.valid_days:
        yield ngettext("Valid for %(count)s day", "Valid for %(count)s days", reward.valid_days) % {
            "count": format_number(reward.valid_days)
        }
    if reward.valid_until:
        zone = clocks_of(merchant, reward.location_ids).zone_of(reward.valid_until)
        end = format_end(reward.valid_until, zone)
        yield _("Use it by: %(moment)s") % {"moment": end}


def say_times(reward: RewardTerms) -> Iterator[str]:
    if reward.weekdays:
        yield _("Days: %(days)s") % {"days": format_weekdays({day - 1 for day in reward.weekdays})}
    if reward.hours:
        yield _("Hours: %(hours)s") % {"hours": format_choice(map(say_span, reward.hours))}


def say_places(reward: RewardTerms, places: Mapping[UUID, str]) -> Iterator[str]:
    """Where, of the places that are still there."""
    if names := sorted_by_name([places[one] for one in reward.location_ids if one in places], str):
        yield _("Where: %(places)s") % {"places": format_choice(names)}


def places_of(merchant_id: UUID, rewards: Iterable[RewardTerms]) -> dict[UUID, str]:
    """The names of the locations that these rewards are bound to, without those that were closed."""
    wanted = {one for reward in rewards for one in reward.location_ids}
    if not wanted:
        return {}
    found = Location.objects.filter(merchant_id=merchant_id, id__in=wanted, closed__isnull=True)
    return dict(found.values_list("id", "name"))


def say_limits(merchant: Merchant, reward: RewardTerms, places: Mapping[UUID, str]) -> list[str]:
    """All that limits when and where a reward can be used; nothing where nothing does."""
    return [*say_how_long(merchant, reward), *say_times(reward), *say_places(reward, places)]


def say_who_confirms(reward: RewardTerms) -> str:
    match reward.path:
        case "self_redeem" if reward.place_check:
            return _("You confirm its use yourself on your phone, near the shop; otherwise the staff scan it.")
        case "self_redeem":
            return _("You confirm its use yourself on your phone, at the counter.")
        case "redeem_code":
            return _("You show a code at the till when you use it.")
        case "staff_scan" if reward.needs_manager:
            return _("The staff scan it when you use it, and the person in charge confirms.")
    return _("The staff scan it when you use it.")


def say_policy(merchant: Merchant, reward: RewardTerms, places: Mapping[UUID, str]) -> list[str]:
    """What a customer has to know before a reward is used: what limits it, and who confirms its use.

    Of a draw nobody can say that yet: each prize has terms of its own.
    """
    who = [] if reward.prizes else [say_who_confirms(reward)]
    return [*say_limits(merchant, reward, places), *who]
