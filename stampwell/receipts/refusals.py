"""Why a receipt code is not taken, or not made."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from stampwell.refusal import Kind, Refusal

_SHOW_RECEIPT = _("If you think this is a mistake, show the receipt to the staff.")


class ReceiptCodeUsed(Refusal):
    """Facts: when."""

    code = "receipt_code_used"
    title = _("Receipt code already used")
    staff_text = _("This receipt code was already used: %(when)s.")
    customer_text = _("This receipt code was already used: %(when)s.")
    what_to_do = _("A receipt code works once. Stamp the card only if the customer has paid now.")
    what_customer_can_do = _SHOW_RECEIPT


class ReceiptCodeExpired(Refusal):
    """Facts: when."""

    code = "receipt_code_expired"
    title = _("Receipt code expired")
    staff_text = _("This receipt code was valid until: %(when)s.")
    customer_text = _("This receipt code was valid until: %(when)s.")
    what_to_do = _("The code can no longer be used. Stamp the card only if the customer has paid now.")
    what_customer_can_do = _("Next time, scan the code soon after you have paid.")


class ReceiptCodeRevoked(Refusal):
    code = "receipt_code_revoked"
    title = _("Receipt code no longer valid")
    staff_text = _("The shop has withdrawn this receipt code.")
    customer_text = _("The shop has withdrawn this receipt code.")
    what_to_do = _("Stamp the card only if the customer has paid now.")
    what_customer_can_do = _SHOW_RECEIPT


class TooManyReceiptsToday(Refusal):
    """Facts: limit."""

    code = "too_many_receipts_today"
    title = _("No more receipts today")
    staff_text = ngettext_lazy(
        "One customer can use at most %(limit)d receipt code a day.",
        "One customer can use at most %(limit)d receipt codes a day.",
        "limit",
    )
    customer_text = ngettext_lazy(
        "You can use at most %(limit)d receipt code a day.",
        "You can use at most %(limit)d receipt codes a day.",
        "limit",
    )
    what_to_do = _("The code stays valid: the customer can use it tomorrow.")
    what_customer_can_do = _("Keep the receipt and scan it again tomorrow.")


class ReceiptHasOtherCode(Refusal):
    """The receipt got a code before, for another number of stamps or another amount (as far as that is kept)."""

    code = "receipt_has_other_code"
    title = _("This receipt already has a code")
    staff_text = _("This receipt already has a code that is worth something else.")
    customer_text = staff_text
    what_to_do = _("Print the first code again, or give the new one another receipt number.")


class ReceiptCodeTooLate(Refusal):
    """Facts: days."""

    code = "receipt_code_end_unfit"
    kind = Kind.INVALID
    title = _("This last day is not possible")
    staff_text = ngettext_lazy(
        "The codes must be valid until a day in the future, at most %(days)d day from now.",
        "The codes must be valid until a day in the future, at most %(days)d days from now.",
        "days",
    )
    customer_text = staff_text
    what_to_do = _("Choose another last day.")
