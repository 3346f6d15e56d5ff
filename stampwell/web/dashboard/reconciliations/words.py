"""What the columns of a till's report hold, and what came of comparing it, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stampwell.reconciling.fields import Field
from stampwell.reconciling.matching import Verdict
from stampwell.reconciling.rows import Step
from stampwell.sheets.headings import LEFT_OUT

STEP_WORDS: dict[Step, str | Promise] = {
    "choosing": _("Not compared yet"),
    "comparing": _("Being compared"),
    "compared": _("Compared"),
    "failed": _("It stopped"),
}
FIELD_WORDS: dict[Field, str | Promise] = {
    "code": _("Code, or name of the discount"),
    "at": _("Date and time"),
    "day": pgettext_lazy("a column of a file", "Date"),
    "time": pgettext_lazy("a column of a file", "Time"),
    "zone": _("Time zone"),
    "place": _("Location"),
    "amount": _("Discount"),
    "receipt": _("Receipt number"),
    "count": _("How often it was used"),
    "kind": _("Sale or refund"),
    "status": _("Status of the sale"),
    "gone": _("Filled in if the sale was cancelled"),
}
COLUMN_CHOICES: list[tuple[str, str | Promise]] = [
    (LEFT_OUT, pgettext_lazy("a column of a file", "Leave out")),
    *FIELD_WORDS.items(),
]
DATE_ORDER_CHOICES: list[tuple[str, str | Promise]] = [
    ("", _("As the file shows")),
    ("dmy", _("Day first: 31/12")),
    ("mdy", _("Month first: 12/31")),
]
# The titles of the lists and figures, and what each means for the shop.
VERDICT_WORDS: dict[Verdict, str | Promise] = {
    "confirmed": _("Shown and used"),
    "leaked": _("Used, but never shown"),
    "twice": _("Used twice"),
    "took_more": _("Used, but more was taken off than the reward gives"),
    "wrong_branch": _("Used at another location"),
    "given_back": _("Used, but restored here"),
    "refunded": _("Refunded at the till"),
    "not_used": _("Shown, but not used"),
    "unknown": _("Other codes"),
}
VERDICT_MEANS: dict[Verdict, str | Promise] = {
    "leaked": _(
        "The till took these codes, and no customer had been shown them. Somebody else knows them. Withdraw the codes"
        " or change the code of the reward, and ask at the location below who was at the till."
    ),
    "twice": _(
        "The till took the same code more often than it was shown. Check in the till that each code works once."
    ),
    "took_more": _(
        "The till took off more than the reward gives. Look at these receipts: an amount may be wrong, or it may"
        " include another discount. Then check how much the discount is set to take off in the till."
    ),
    "wrong_branch": _("The code was for another location, or staff took the voucher somewhere else."),
    "given_back": _("The voucher was restored here, but the till counts its code as used."),
    "refunded": _(
        "The till took the discount back. If the customer should have the reward again, restore the voucher."
    ),
    "not_used": _(
        "The customer was shown the code, and the till has not seen it. Perhaps it was handed out without the till, or"
        " the customer left. A later report can still confirm it."
    ),
}
FAULT_WORDS: dict[str, str | Promise] = {
    "cells": _("There are more cells than headings."),
    "line_break": _("A cell has more than one line. A quotation mark may be missing."),
    "letters": _("Some letters cannot be read. Choose another encoding."),
    "code": _("This is no code. A spreadsheet may have changed it into another number."),
    "time": _("The date or the time cannot be read."),
    "amount": _("The amount cannot be read."),
    "count": _("This is not a whole number."),
    "broken": _("The file cannot be read from here on. A quotation mark is missing, or there is one too many."),
}
