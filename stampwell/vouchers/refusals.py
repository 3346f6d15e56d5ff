"""Why a voucher cannot be used now."""

from django.utils.translation import gettext_lazy as _

from stampwell.refusal import Kind, Refusal


class VoucherAlreadyRedeemed(Refusal):
    """Facts: when, where (a location's name, or empty)."""

    code = "voucher_already_redeemed"
    title = _("Voucher already used")
    staff_text = _("This voucher was already used: %(when)s.")
    customer_text = _("You have already used this voucher: %(when)s.")
    what_to_do = _("Do not hand out the reward again. If it was used by mistake, a manager can restore the voucher.")
    what_customer_can_do = _("If you think this is a mistake, ask the staff.")


class VoucherAlreadyRedeemedAt(VoucherAlreadyRedeemed):
    staff_text = _("This voucher was already used: %(when)s, %(where)s.")
    customer_text = _("You have already used this voucher: %(when)s, %(where)s.")


class VoucherCodeMistyped(Refusal):
    """The code of a voucher for a connected till, with a slip of the finger. Nobody has looked for it."""

    code = "voucher_code_mistyped"
    kind = Kind.NOT_FOUND
    title = _("There is a mistake in the code")
    staff_text = _("A letter or digit in this voucher’s code is wrong.")
    customer_text = _("A letter or digit in your voucher’s code is wrong.")
    what_to_do = _("Compare it with the code on the customer’s phone and type it again.")
    what_customer_can_do = _("Read the code out once more, or show it.")


class VoucherExpired(Refusal):
    code = "voucher_expired"
    title = _("Voucher expired")
    staff_text = _("This voucher was valid until %(until)s.")
    customer_text = _("Your voucher was valid until %(until)s.")
    what_to_do = _("A manager can give a new voucher from the customer’s card page.")
    what_customer_can_do = _("If you think this is a mistake, ask the staff.")


class VoucherNotReady(Refusal):
    code = "voucher_not_ready"
    retryable = True
    title = _("Voucher not ready yet")
    staff_text = _("This voucher can be used from %(ready)s.")
    customer_text = _("You can use this voucher from %(ready)s.")
    what_to_do = _("Ask the customer to keep the voucher and come back then.")
    what_customer_can_do = _("Keep the voucher and come back then.")


class VoucherAwaitsVisit(VoucherNotReady):
    """The next stamp for a purchase on a later day makes it ready."""

    staff_text = _("This voucher can be used from the customer’s next visit on a later day.")
    customer_text = _("You can use this voucher from your next visit on a later day.")
    what_to_do = _("Ask the customer to keep the voucher. Their next stamp on a later day makes it ready.")
    what_customer_can_do = _("Keep the voucher. Your next stamp on a later day makes it ready.")


class VoucherReserved(Refusal):
    code = "voucher_reserved"
    title = _("Voucher is being used")
    staff_text = _("The customer is showing this voucher’s code at the till right now.")
    customer_text = _("You are showing this voucher’s code at the till right now.")
    what_to_do = _("Enter the code shown on the customer’s phone at the till. The voucher then counts as used.")
    what_customer_can_do = _("Show the code to the staff before its time is up.")


class VoucherHeld(VoucherReserved):
    """A till holds it for a purchase. Facts: until."""

    retryable = True
    staff_text = _("This voucher is held for a purchase at a till until %(until)s.")
    customer_text = _("This voucher is held for a purchase at a till until %(until)s.")
    what_to_do = _("Finish or cancel that purchase at its till. Otherwise wait until then and try again.")
    what_customer_can_do = _("Finish the purchase at that till, or wait until then.")


class ReservationOver(Refusal):
    code = "reservation_over"
    title = _("Voucher no longer held")
    staff_text = _("The till no longer holds this voucher for that purchase.")
    customer_text = _("The till no longer holds your voucher for that purchase.")
    what_to_do = _("Reserve the voucher again, then finish the purchase.")
    what_customer_can_do = _("Ask the staff to try again.")


class VoucherVoid(Refusal):
    code = "voucher_void"
    title = _("Voucher withdrawn")
    staff_text = _("This voucher was withdrawn because the stamp that earned it was undone.")
    customer_text = _("This voucher was withdrawn because the stamp that earned it was undone.")
    what_to_do = _("Scan the customer’s card to see how many stamps there are now.")
    what_customer_can_do = _("Your card shows the stamps you have now.")


class WrongLocation(Refusal):
    code = "wrong_location"
    title = _("Not at this location")
    staff_text = _("This reward is not available at this location.")
    customer_text = _("This reward is not available at this location.")
    what_to_do = _("The customer can use it at one of these locations: %(locations)s.")
    what_customer_can_do = _("Use it at one of these locations: %(locations)s.")


class WrongTime(Refusal):
    code = "wrong_time"
    retryable = True
    title = _("Not at this time")
    staff_text = _("This reward is not available at this time or on this day.")
    customer_text = _("This reward is not available at this time or on this day.")
    what_to_do = _("The days and hours are shown on the voucher.")
    what_customer_can_do = what_to_do


class BasketTooSmall(Refusal):
    """Facts: minimum, missing."""

    code = "basket_too_small"
    title = _("Amount too small")
    staff_text = _("This reward is for purchases of %(minimum)s or more.")
    customer_text = _("This reward is for purchases of %(minimum)s or more.")
    what_to_do = _("Tell the customer how much more is needed: %(missing)s.")
    what_customer_can_do = _("You need to spend %(missing)s more for this reward.")


class BasketDoesNotFit(Refusal):
    code = "basket_does_not_fit"
    title = _("Not for this purchase")
    staff_text = _("This reward takes nothing off what is in this purchase.")
    customer_text = _("Your reward takes nothing off what is in this purchase.")
    what_to_do = _("Add what the reward is for, or keep the voucher for another purchase.")
    what_customer_can_do = what_to_do


class OneRewardPerBasket(Refusal):
    """This reward, or another one that the till has named, wants to be the only one of its purchase."""

    code = "one_per_basket"
    title = _("Only one reward in this purchase")
    staff_text = _("This voucher cannot be used together with another one in this purchase.")
    customer_text = _("Your voucher cannot be used together with another one in this purchase.")
    what_to_do = _("Ask the customer which one to use now. The other one can be used with another purchase.")
    what_customer_can_do = _("Choose which one to use now. The other one can be used with another purchase.")


class OtherCurrency(Refusal):
    """Facts: currency."""

    code = "other_currency"
    kind = Kind.INVALID
    title = _("Wrong currency")
    staff_text = _("This reward is in another currency.")
    customer_text = _("This reward is in another currency.")
    what_to_do = _("Enter the amount in %(currency)s.")


class PartTooLarge(Refusal):
    """Facts: left."""

    code = "part_too_large"
    title = _("Too much to take back")
    staff_text = _("No more than %(left)s of what this reward took off can still be taken back.")
    customer_text = _("No more than %(left)s of what this reward took off can still be taken back.")
    what_to_do = _("Check the amount or the lines of the purchase.")


class NoDiscountTold(Refusal):
    code = "no_discount_told"
    title = _("The discount is not known")
    staff_text = _("The till did not say what this reward took off.")
    customer_text = _("The till did not say what this reward took off.")
    what_to_do = _("Restore the whole voucher instead.")


class WrongPath(Refusal):
    """The customer's phone asked for a path that the merchant did not choose."""

    code = "wrong_path"
    title = _("Only at the counter")
    staff_text = _("Customers can’t use this voucher on their own; scan it to hand out the reward.")
    customer_text = _("This voucher is used at the counter: show it to the staff.")
    what_to_do = _("Scan the voucher’s code on the customer’s phone.")
    what_customer_can_do = _("Show the voucher’s code to the staff so they can scan it.")


class WhereNeeded(Refusal):
    """The tills of several locations know different codes."""

    code = "where_needed"
    kind = Kind.INVALID
    title = _("Which location?")
    staff_text = _("The locations have different codes for this reward.")
    customer_text = _("The locations have different codes for this reward.")
    what_to_do = _("Let the customer choose this location on their phone.")
    what_customer_can_do = _("Choose the location you are at.")


class NoCodeLeft(Refusal):
    """Each voucher of the reward has a code of its own, and no code is left."""

    code = "no_code_left"
    retryable = True
    title = _("Waiting for a new code")
    staff_text = _("No code for the till is left for this reward. The voucher gets the next one by itself.")
    customer_text = _("There is no code for your reward at the moment. It gets the next one.")
    what_to_do = _(
        "Scan the customer’s card and hand out the reward without a code. New codes are added at the desk, under Redeem"
        " codes."
    )
    what_customer_can_do = _("Show your card to the staff, or come back later: your voucher keeps its place.")


class VoucherNeverExpires(Refusal):
    code = "voucher_never_expires"
    title = _("Nothing to extend")
    staff_text = _("This voucher never expires.")
    customer_text = _("Your voucher never expires.")
    what_to_do = _("You don’t need to do anything: the customer can use it at any time.")
    what_customer_can_do = _("You can use it at any time.")


class ExtendedTooLate(Refusal):
    """Facts: until."""

    code = "extended_too_late"
    title = _("Too late to extend it")
    staff_text = _("This voucher was valid until %(until)s. That is too long ago to extend it.")
    customer_text = _("Your voucher was valid until %(until)s.")
    what_to_do = _("Give the customer a new voucher instead.")


class EndNotPossible(Refusal):
    """Facts: after (the present end, or the present moment), until (the latest end)."""

    code = "end_not_possible"
    kind = Kind.INVALID
    title = _("Choose another last day")
    staff_text = _("The voucher cannot be extended to this day.")
    customer_text = _("The voucher cannot be extended to this day.")
    what_to_do = _("Choose an end after %(after)s, and no later than %(until)s.")


class RedemptionAlreadyReversed(Refusal):
    code = "redemption_already_reversed"
    title = _("Already restored")
    staff_text = _("This voucher was already restored: %(when)s.")
    customer_text = _("Your voucher was already restored: %(when)s.")
    what_to_do = _("Open the card to see the voucher as it is now.")
    what_customer_can_do = _("Open your card to see the voucher as it is now.")
