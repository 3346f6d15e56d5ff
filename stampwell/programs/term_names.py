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
    "times": gettext_lazy("Days and hours"),
    "locations": gettext_lazy("Where it can be used"),
}
