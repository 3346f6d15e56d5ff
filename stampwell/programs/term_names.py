"""What each term is called, for owners and for customers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from stampwell.programs.comparing import Term

TERM_NAMES: dict[Term, str | Promise] = {
    "goal": gettext_lazy("Stamps on the card"),
    "earning": gettext_lazy("How stamps are earned"),
    "amount_per_stamp": gettext_lazy("Amount for one stamp"),
    "minimum_spend": gettext_lazy("Smallest purchase that counts"),
    "cooldown": gettext_lazy("Pause between two stamps"),
    "daily_cap": gettext_lazy("Maximum stamps per day"),
    "only_when_open": gettext_lazy("When stamps are given"),
    "reward": gettext_lazy("Reward"),
    "valid_days": gettext_lazy("How long it is valid"),
    "valid_until": gettext_lazy("Last day"),
    "active_after": gettext_lazy("When it can be used"),
    "active_from": gettext_lazy("First day"),
    "next_visit": gettext_lazy("Only from the next visit"),
    "times": gettext_lazy("Days and hours"),
    "locations": gettext_lazy("Where it can be used"),
    "discount": gettext_lazy("What it takes off"),
    "minimum_age": gettext_lazy("Minimum age"),
    "prizes": gettext_lazy("Prizes of the draw"),
}
CHANGES: dict[Term, str | Promise] = {
    "earning": gettext_lazy("How stamps are earned changes too."),
    "amount_per_stamp": gettext_lazy("The amount for one stamp changes too."),
    "minimum_spend": gettext_lazy("The smallest purchase that counts changes too."),
    "cooldown": gettext_lazy("The pause between two stamps changes too."),
    "daily_cap": gettext_lazy("The maximum number of stamps per day changes too."),
    "only_when_open": gettext_lazy("The hours at which stamps are given change too."),
    "reward": gettext_lazy("The rewards along the way change too."),
    "valid_days": gettext_lazy("How long a reward is valid changes too."),
    "valid_until": gettext_lazy("The last day of a reward changes too."),
    "active_after": gettext_lazy("How soon a reward can be used changes too."),
    "active_from": gettext_lazy("The first day of a reward changes too."),
    "next_visit": gettext_lazy("Whether a reward can be used at the same visit changes too."),
    "times": gettext_lazy("The days and hours of a reward change too."),
    "locations": gettext_lazy("The locations where a reward can be used change too."),
    "discount": gettext_lazy("What a reward takes off a purchase changes too."),
    "minimum_age": gettext_lazy("The minimum age for a draw changes too."),
    "prizes": gettext_lazy("The prizes of a draw change too."),
}
"""What a card says of each, in a whole sentence. The goal is said with its number."""
