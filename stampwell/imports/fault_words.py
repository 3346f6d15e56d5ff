"""What is wrong with a row, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.imports.lines import Fault

FAULT_WORDS: dict[Fault, str | Promise] = {
    "cells": _("There are more cells than headings."),
    "line_break": _("A cell has more than one line. A quotation mark may be missing."),
    "letters": _("Some letters cannot be read. Choose another encoding."),
    "name": _("The name is too long."),
    "email": _("This is not an email address."),
    "phone": _("This is not a phone number."),
    "birthday": _("The birthday cannot be read. Write it as 1990-12-31."),
    "language": _("This language is not offered."),
    "stamps": _("The stamps are not a whole number."),
    "too_many_stamps": _("That many stamps would fill the card. Import fewer, and add the rest by hand."),
    "number": _("The number is too long."),
    "twice": _("The same customer is in a row above."),
    "there": _("This customer already has a card of this program."),
}


def say_fault(fault: str) -> str:
    """A release of before may have known another."""
    return str(next((words for name, words in FAULT_WORDS.items() if name == fault), fault))
