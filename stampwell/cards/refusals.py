"""Why a stamp cannot be added or undone now."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from stampwell.refusal import Kind, Refusal, Wait
from stampwell.vouchers.refusals import VoucherHeld, VoucherReserved


class CoolingDown(Refusal):
    """Facts: seconds (until the next stamp)."""

    code = "cooldown"
    retryable = True
    title = _("Stamped a moment ago")
    staff_text = _("This card was stamped a moment ago.")
    customer_text = _("Your card was stamped a moment ago.")
    what_to_do = Wait(
        seconds=ngettext_lazy(
            "If it is another purchase, wait %(seconds)d second, or stamp anyway.",
            "If it is another purchase, wait %(seconds)d seconds, or stamp anyway.",
            "seconds",
        ),
        minutes=ngettext_lazy(
            "If it is another purchase, wait %(minutes)d minute, or stamp anyway.",
            "If it is another purchase, wait %(minutes)d minutes, or stamp anyway.",
            "minutes",
        ),
        hours=ngettext_lazy(
            "If it is another purchase, wait %(hours)d hour, or stamp anyway.",
            "If it is another purchase, wait %(hours)d hours, or stamp anyway.",
            "hours",
        ),
    )
    what_customer_can_do = _("If it is another purchase, tell the staff.")


class DuplicateScan(Refusal):
    """The same card again within seconds: never another purchase, so nobody may override it."""

    code = "duplicate_scan"
    retryable = True
    title = _("Scanned twice")
    staff_text = _("This card was scanned twice. The stamp counts once.")
    customer_text = _("Your card was scanned twice. The stamp counts once.")
    what_to_do = ngettext_lazy(
        "You don’t need to do anything. For another stamp, wait %(seconds)d second.",
        "You don’t need to do anything. For another stamp, wait %(seconds)d seconds.",
        "seconds",
    )
    what_customer_can_do = what_to_do


class DailyCapReached(Refusal):
    code = "daily_cap"
    title = _("Daily limit reached")
    staff_text = ngettext_lazy(
        "No more stamps on this card today: the limit is %(cap)d stamp a day.",
        "No more stamps on this card today: the limit is %(cap)d stamps a day.",
        "cap",
    )
    customer_text = ngettext_lazy(
        "You can collect %(cap)d stamp a day on this card.",
        "You can collect %(cap)d stamps a day on this card.",
        "cap",
    )
    what_to_do = _("Tell the customer that the card can be stamped again tomorrow.")
    what_customer_can_do = _("Come back tomorrow for the next stamp.")


class OutsideHours(Refusal):
    code = "outside_hours"
    title = _("Closed now")
    staff_text = _("Stamps are given during opening hours, and this location is closed now.")
    customer_text = _("Stamps are given during opening hours, and this location is closed now.")
    what_to_do = _("If the opening hours have changed, the owner can correct them on the location’s page.")
    what_customer_can_do = _("Come back during opening hours.")


class BelowMinimumSpend(Refusal):
    code = "below_minimum_spend"
    title = _("Amount too small")
    staff_text = _("A stamp needs a purchase of at least %(minimum)s; this one is %(amount)s.")
    customer_text = _("A stamp needs a purchase of at least %(minimum)s; this one is %(amount)s.")
    what_to_do = _("Check the amount, or tell the customer how much more is needed: %(missing)s.")
    what_customer_can_do = _("You need to spend %(missing)s more for a stamp.")


class AmountNeeded(Refusal):
    code = "amount_needed"
    kind = Kind.INVALID
    title = _("Amount needed")
    staff_text = _("This card collects by amount spent.")
    customer_text = _("This card collects by amount spent.")
    what_to_do = _("Enter the amount of the purchase.")


class AmountNotUsed(Refusal):
    code = "amount_not_used"
    kind = Kind.INVALID
    title = _("Wrong currency")
    staff_text = _("This card collects in another currency.")
    customer_text = _("This card collects in another currency.")
    what_to_do = _("Enter the amount in %(currency)s.")


class TooManyStamps(Refusal):
    code = "too_many_stamps"
    kind = Kind.INVALID
    title = _("Too many stamps at once")
    staff_text = ngettext_lazy(
        "At most %(most)d stamp can be added at once.",
        "At most %(most)d stamps can be added at once.",
        "most",
    )
    customer_text = _("This is more than can be added at once.")
    what_to_do = _("Check the number or the amount. If it is right, a manager can add the stamps on the card’s page.")


class TooManyWithOverride(TooManyStamps):
    """Too many for a stamp that is given before the pause between two stamps is over."""

    staff_text = ngettext_lazy(
        "So soon after the last stamp, at most %(most)d stamp can be added at once.",
        "So soon after the last stamp, at most %(most)d stamps can be added at once.",
        "most",
    )
    what_to_do = _("Add fewer now. A manager can add the rest on the card’s page.")


class ReceiptAlreadyUsed(Refusal):
    code = "receipt_already_used"
    title = _("Receipt already used")
    staff_text = _("This receipt has already earned its stamps: %(when)s.")
    customer_text = _("This receipt has already earned its stamps: %(when)s.")
    what_to_do = _("If it was the wrong card, undo the stamp there first.")
    what_customer_can_do = _("If you think this is a mistake, ask the staff.")


class CardVoid(Refusal):
    code = "card_void"
    title = _("Card no longer valid")
    staff_text = _("This card was replaced by a newer one.")
    customer_text = _("This card was replaced by a newer one.")
    what_to_do = _("Ask the customer to open the newest card.")
    what_customer_can_do = _("Open the newest card to collect and use rewards.")


class CardMoved(CardVoid):
    """An old link, code or number of a card that was recovered since."""

    title = _("This card was moved")
    staff_text = _("This card was moved to a new link. This old link or code no longer works.")
    customer_text = _("This card was moved to a new link. This old link or code no longer works.")
    what_to_do = _("Ask the customer to open the card by its new link.")
    what_customer_can_do = _("Open your card by its new link. If you did not ask for a new one, tell the shop.")


class CardErased(CardVoid):
    """The card was deleted together with all that was known of its customer."""

    title = _("This card was deleted")
    staff_text = _("This card was deleted, together with the customer’s data. It cannot be used any more.")
    customer_text = _("This card was deleted, together with your data. It cannot be used any more.")
    what_to_do = _("If the customer wants to collect again, give them a new card.")
    what_customer_can_do = _("If you want to collect again, get a new card from the shop.")


class CardMerged(CardVoid):
    """What was on the card is on another one now: two customers turned out to be one."""

    title = _("This card was merged with another one")
    staff_text = _("This card was merged with another card of the customer. Its stamps and rewards are on that card.")
    customer_text = _("This card was merged with another card of yours. Its stamps and rewards are on that card.")
    what_to_do = _("Find the customer by name or number, and use the card that is left.")
    what_customer_can_do = _("Open your other card. The link of this card leads to it.")


def card_ended(state: str) -> CardVoid:
    """Why a card that is not active takes nothing any more."""
    return CardErased() if state == "erased" else CardMerged()


def link_ended(state: str) -> CardVoid:
    """Why an old link or code opens nothing any more: `state` is that of the card which it opened."""
    return CardErased() if state == "erased" else CardMoved()


class StampAlreadyReversed(Refusal):
    code = "stamp_already_reversed"
    title = _("Already undone")
    staff_text = _("This stamp was already undone.")
    customer_text = _("This stamp was already undone.")
    what_to_do = _("Open the card to see its stamps as they are now.")
    what_customer_can_do = _("Your card shows the stamps you have now.")


class VoucherAlreadyUsed(Refusal):
    code = "voucher_already_used"
    title = _("Reward already handed out")
    staff_text = _("This stamp earned a voucher that was already used, so it cannot be undone.")
    customer_text = _("This stamp earned a voucher that was already used, so it cannot be undone.")
    what_to_do = _("If the reward was not handed out, restore the voucher first, then undo the stamp.")


class EarnedVoucherShown(VoucherReserved):
    staff_text = _("This would withdraw a voucher whose code the customer is showing at the till right now.")
    customer_text = _("This would withdraw the voucher whose code you are showing at the till right now.")
    what_to_do = _(
        "Wait until its time is up: the voucher then counts as used. If the reward was not handed out, restore the"
        " voucher, then try again."
    )


class EarnedVoucherHeld(VoucherHeld):
    """Facts: until."""

    staff_text = _("This would withdraw a voucher that is held for a purchase at a till until %(until)s.")
    customer_text = _("This would withdraw a voucher that is held for a purchase at a till until %(until)s.")


class UndoTooLate(Refusal):
    code = "undo_too_late"
    kind = Kind.FORBIDDEN
    title = _("Too late to undo here")
    staff_text = _("A stamp can be undone at the scanner within a minute.")
    customer_text = _("A stamp can be undone at the scanner within a minute.")
    what_to_do = _("A manager can undo it on the card’s page, with a reason.")


class CodeAlreadyUsed(Refusal):
    """A rotating code that was accepted before, or is too old."""

    code = "code_out_of_date"
    retryable = True
    title = _("Old code")
    staff_text = _("This code is old or was already scanned. It may be a picture of a screen.")
    customer_text = _("This code is out of date.")
    what_to_do = _("Ask the customer to open the card again, and scan the code that it shows now.")
    what_customer_can_do = _("Open your card again and show the code that it shows now.")


class ReasonMissing(Refusal):
    """What is taken back by hand needs a reason: somebody will ask later."""

    code = "reason_missing"
    kind = Kind.INVALID
    title = _("The reason is missing")
    staff_text = _("Undoing something needs a reason, so that everyone can understand it later.")
    customer_text = _("Undoing something needs a reason.")
    what_to_do = _("Enter a few words and send the form again.")
