"""Why a code that all customers of a reward are shown gets no such successor, or keeps it."""

from django.utils.translation import gettext_lazy as _

from stampwell.refusal import Kind, Refusal


class CodeReplaced(Refusal):
    """Facts: code."""

    code = "code_replaced"
    kind = Kind.INVALID
    title = _("This code was replaced")
    staff_text = _("Another code is shown in the place of “%(code)s”.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Enter the code that customers are shown now, or a new one.")


class NextCodeDoesNotFit(Refusal):
    """Facts: code, next_code, format."""

    code = "next_code_does_not_fit"
    kind = Kind.INVALID
    title = _("The next code does not fit this format")
    staff_text = _(
        "“%(next_code)s” is planned to follow “%(code)s”, and it cannot be shown in the format that you have chosen:"
        " %(format)s."
    )
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Choose a format that can hold both codes, or take the planned code back first.")


class NoSharedCode(Refusal):
    code = "no_shared_code"
    title = _("No code that is the same for all")
    staff_text = _("This reward has no code that all its customers are shown, or none at that location.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Codes of a list are used once each and need no successor.")


class SuccessorPlanned(Refusal):
    code = "successor_planned"
    title = _("A next code is already planned")
    staff_text = _("Somebody has already said which code comes next.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Take back the planned code first, then enter another one.")


class SuccessorBegun(Refusal):
    code = "successor_begun"
    title = _("Too late to take it back")
    staff_text = _("Customers are shown the new code already, or will be within a minute.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Make sure that your till has it. If it must not be used, enter another code to follow it.")


class OldCodeStillShown(Refusal):
    """Facts: starts."""

    code = "old_code_still_shown"
    title = _("The old code is still shown")
    staff_text = _("Customers are shown this code until %(starts)s. Only then does the next one take its place.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Leave it in your till until then. If it must not be used any more, plan the next code for today.")


class CodeTaken(Refusal):
    """The next code is one that the till knows already, or knew."""

    code = "code_taken"
    title = _("Your shop has this code already")
    staff_text = _("This code is or was another code of your shop, so nobody could tell the two apart.")
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Make a new code in your till and enter that one.")


class DayTooFar(Refusal):
    code = "day_too_far"
    kind = Kind.INVALID
    title = _("This day cannot be chosen")
    staff_text = _(
        "The first day is today or later, at most a year from now, and the old code stays valid for 1 to 92 days."
    )
    customer_text = _("There is a mistake in the shop’s card.")
    what_to_do = _("Choose another day.")
