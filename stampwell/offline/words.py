"""What became of a kept scan, in a sentence for staff, in the language that is active."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from stampwell.languages.formatting import format_number
from stampwell.offline.lines import Taken
from stampwell.offline.refusals import DecidedAgainst
from stampwell.refusal import REFUSALS

# Where the refusal of the moment holds numbers, which nobody kept.
_WITHOUT_NUMBERS: dict[str, str | Promise] = {
    "cooldown": _("The card was stamped shortly before or after."),
    "daily_cap": _("The card had reached its daily limit."),
    "below_minimum_spend": _("The amount was too small for a stamp."),
    "amount_needed": _("This card collects by amount spent, and no amount was entered."),
    "amount_not_used": _("The amount is in another currency than the card’s."),
    "too_many_stamps": _("These are more stamps than can be added at once."),
    "voucher_already_redeemed": _("The voucher had been used already, or was used elsewhere meanwhile."),
    "voucher_expired": _("The voucher was no longer valid."),
    "voucher_not_ready": _("The voucher could not be used yet."),
    "voucher_reserved": _("The voucher was being used at a till."),
}
_UNKNOWN = _("This scan could not be counted by itself.")


def say_what_became(taken: Taken) -> str:
    if taken.row and taken.row.voucher_id and taken.state in _STATES_OF_REWARDS:
        return str(_STATES_OF_REWARDS[taken.state])
    if taken.state == "counted":
        return say_counted(taken.row.given if taken.row else None)
    return str(_STATES[taken.state])


def say_why(reason: str, *, decided_against: bool = False) -> str:
    """Why a scan waits or does not count; empty where there is nothing to say."""
    if decided_against:
        return str(DecidedAgainst.staff_text)
    if not reason:
        return ""
    if reason in _WITHOUT_NUMBERS:
        return str(_WITHOUT_NUMBERS[reason])
    refusal = REFUSALS.get(reason)
    text = str(refusal.staff_text) if refusal else ""
    return text if text and "%(" not in text else str(_UNKNOWN)


def title_of(reason: str) -> str:
    refusal = REFUSALS.get(reason)
    return str(refusal.title) if refusal else str(_UNKNOWN)


_STATES: dict[str, str | Promise] = {
    "waiting": _("The scan is saved. The owner or a manager decides whether it counts."),
    "refused": _("The scan does not count."),
    "invalid": _("This scan cannot be read. Scan the card again."),
    "later": _("The scan is saved and will be sent again."),
}


_STATES_OF_REWARDS: dict[str, str | Promise] = {
    "counted": _("The reward was handed out, and the voucher is used."),
    "waiting": _("The voucher could not be used for this reward. The owner or a manager decides."),
    "refused": _("The reward does not count as handed out."),
}


def say_counted(count: int | None) -> str:
    """`count` is how many stamps it gave, where that is known."""
    if not count:
        return str(_COUNTED)
    text = ngettext(
        "The scan counts: %(count)s stamp was added.", "The scan counts: %(count)s stamps were added.", count
    )
    return text % {"count": format_number(count)}


_COUNTED = _("The scan counts.")
