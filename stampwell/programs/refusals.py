"""Why a draft of a program is not published."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from stampwell.refusal import Kind, Refusal


class MilestonesUnclear(Refusal):
    code = "milestones_unclear"
    kind = Kind.INVALID
    title = _("The milestones do not fit the goal")
    staff_text = ngettext_lazy(
        "The last milestone must be the goal of %(goal)d stamp, and no count can appear twice.",
        "The last milestone must be the goal of %(goal)d stamps, and no count can appear twice.",
        "goal",
    )
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Give each milestone a different number of stamps; the last one must be the goal.")


class EarningUnclear(Refusal):
    code = "earning_unclear"
    kind = Kind.INVALID
    title = _("The amount for a stamp is missing")
    staff_text = _("A program that earns by amount needs the amount for one stamp.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Say how much a customer spends for one stamp, or give a stamp for each visit.")


class WelcomeFillsCard(Refusal):
    """Facts: goal."""

    code = "welcome_fills_card"
    kind = Kind.INVALID
    title = _("A new card would be full at once")
    staff_text = _("A new card has to begin with fewer stamps than a full card has: %(goal)d.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Give fewer welcome stamps, or make the card larger.")


class RedeemCodeMissing(Refusal):
    code = "redeem_code_missing"
    kind = Kind.INVALID
    title = _("The redeem code is missing")
    staff_text = _("A reward that is redeemed by code needs the code that the till knows.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Enter the code from the till, or choose another way to redeem.")


class DrawUnclear(Refusal):
    code = "draw_unclear"
    kind = Kind.INVALID
    title = _("The prizes of the draw do not fit together")
    staff_text = _(
        "The odds of all prizes must add up to 100 percent, each prize must have a name of its own, at least one must"
        " be more than words, and the last one must have no limit."
    )
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _(
        "Correct the prizes. How long a reward is valid and how it is handed out is said at each prize; one that is"
        " only words has neither."
    )


class FreeItemUnnamed(Refusal):
    code = "free_item_unnamed"
    kind = Kind.INVALID
    title = _("The free item is not named")
    staff_text = _("A reward that takes a free item off a purchase has to name it.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Name a category or an item number of your till, or let the till decide.")


class ManagerNotThere(Refusal):
    code = "manager_not_there"
    kind = Kind.INVALID
    title = _("A manager cannot agree this way")
    staff_text = _("A manager can be asked only for a reward that the staff scan.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Choose that the staff scan the reward, or that no manager is needed.")


class PlaceNotAsked(Refusal):
    """A place check for a reward that no customer uses alone."""

    code = "place_not_asked"
    kind = Kind.INVALID
    title = _("No phone is asked this way")
    staff_text = _("Only where customers use a reward on their own phone, the phone can be asked where it is.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Choose that customers use the reward themselves, or leave out the check of the place.")


class NeverUsable(Refusal):
    """Facts: until (the end of the reward)."""

    code = "never_usable"
    kind = Kind.INVALID
    title = _("Nobody could use this reward")
    staff_text = _("The reward expires before any of its days and hours come round: %(until)s.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Choose a later end, or other days and hours.")


class CodeElsewhere(Refusal):
    code = "code_elsewhere"
    kind = Kind.INVALID
    title = _("A code for another location")
    staff_text = _("A location has a code of its own, but the reward cannot be used there.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Remove the code of the location, or let the reward be used there, too.")
