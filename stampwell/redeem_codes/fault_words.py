"""What is wrong with a row of codes, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.redeem_codes.cells import Fault

FAULT_WORDS: dict[Fault, str | Promise] = {
    "blank": _("There is no code in this row."),
    "line_break": _("A cell has more than one line. A quotation mark may be missing."),
    "letters": _("Some letters cannot be read. Choose another encoding."),
    "number": _("A spreadsheet has made a number of this code. Format the column as text, and export it again."),
    "zeros": _("Zeros at the beginning are missing. Format the column as text, and export it again."),
    "rounded": _("A spreadsheet has rounded this number. Format the column as text, and export it again."),
    "characters": _("The barcode cannot hold a character of this code."),
    "separator": _(
        "There is a “,”, “;” or “|” in this code. In your till’s report it stands between two codes:"
        " make a code without it."
    ),
    "length": _("The code is too short or too long for this barcode."),
    "too_long": _("The code is too long."),
    "check_digit": _("The last digit is not the right check digit."),
    "twice": _("The same code is in a row above."),
    "there": _("This code is already in a list of your shop."),
}


def say_fault(fault: str) -> str:
    """A release of before may have known another."""
    return str(next((words for name, words in FAULT_WORDS.items() if name == fault), fault))
