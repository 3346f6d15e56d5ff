"""What looks odd in careful words: what was done how often, and how often the others do it. It accuses nobody."""

from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stampwell.insight.oddities import Oddity, Reason
from stampwell.languages.formatting import format_number, format_percent

TITLES = {
    "own_card": gettext_lazy("Stamps on their own card"),
    "same_card": gettext_lazy("Many stamps on one card"),
    "one_hand": gettext_lazy("A card that nobody else stamps"),
    "overrides": gettext_lazy("Before the pause was over"),
    "outside_hours": gettext_lazy("Outside opening hours"),
    "by_hand": gettext_lazy("Without scanning the card"),
    "several": gettext_lazy("Several stamps at once"),
    "without_receipt": gettext_lazy("Without receipt or amount"),
    "quick_rewards": gettext_lazy("Rewards right after many stamps"),
    "found_rewards": gettext_lazy("Rewards without scanning the card"),
}


def say_found(oddity: Oddity) -> str:
    """How often what was done."""
    return _sentence(oddity.reason, oddity.found) % {"count": format_number(oddity.found)}


def say_usual(oddity: Oddity) -> str:
    """What share that is, and what is usual."""
    facts = {"share": share_of(oddity), "usual": usual_share_of(oddity)}
    match oddity.reason:
        case "same_card":
            often = format_number(round(oddity.found / oddity.of, 1))
            return _("On average %(often)s times a day. A regular customer comes about once a day.") % {"often": often}
        case "one_hand":
            said = _(
                "That is on %(share)s of the days worked, and nobody else stamped it."
                " The card may be a regular customer’s, or the staff member’s own."
            )
            return said % facts
        case "own_card":
            return _("That is on %(share)s of the days worked. Up to %(usual)s is usual.") % facts
        case "quick_rewards" | "found_rewards":
            return _("That is %(share)s of all rewards handed out. Usual for the others: %(usual)s.") % facts
        case _:
            return _("That is %(share)s of all times. Usual for the others: %(usual)s.") % facts


def share_of(oddity: Oddity) -> str:
    return format_percent(oddity.found / oddity.of)


def usual_share_of(oddity: Oddity) -> str:
    return format_percent(oddity.usual / oddity.of)


def _sentence(reason: Reason, count: int) -> str:
    match reason:
        case "own_card" | "same_card" | "one_hand":
            return _say_of_card(reason, count)
        case "overrides":
            return ngettext(
                "Stamped %(count)s time before the pause between two stamps was over.",
                "Stamped %(count)s times before the pause between two stamps was over.",
                count,
            )
        case "outside_hours":
            return ngettext(
                "Stamped %(count)s time more than half an hour before opening or after closing.",
                "Stamped %(count)s times more than half an hour before opening or after closing.",
                count,
            )
        case "by_hand":
            return ngettext(
                "Stamped %(count)s time without scanning the card: by number, by name or by hand.",
                "Stamped %(count)s times without scanning the card: by number, by name or by hand.",
                count,
            )
        case "several":
            return ngettext(
                "Gave several stamps with one tap %(count)s time.",
                "Gave several stamps with one tap %(count)s times.",
                count,
            )
        case "without_receipt":
            return ngettext(
                "Stamped %(count)s time without a receipt number or an amount.",
                "Stamped %(count)s times without a receipt number or an amount.",
                count,
            )
        case "quick_rewards":
            return ngettext(
                "Handed out %(count)s reward right after giving that card at least half of its stamps.",
                "Handed out %(count)s rewards right after giving those cards at least half of their stamps.",
                count,
            )
        case "found_rewards":
            return ngettext(
                "Handed out %(count)s reward without scanning the card: by number, by name or by hand.",
                "Handed out %(count)s rewards without scanning the card: by number, by name or by hand.",
                count,
            )


def _say_of_card(reason: Literal["own_card", "same_card", "one_hand"], count: int) -> str:
    match reason:
        case "own_card":
            return ngettext(
                "Stamped their own card on %(count)s day.", "Stamped their own card on %(count)s days.", count
            )
        case "same_card":
            return ngettext(
                "Stamped one and the same card %(count)s time.", "Stamped one and the same card %(count)s times.", count
            )
        case "one_hand":
            return ngettext(
                "Stamped one and the same card on %(count)s day.",
                "Stamped one and the same card on %(count)s days.",
                count,
            )
