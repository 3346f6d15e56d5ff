"""What columns hold, and what can be wrong with a row, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stampwell.imports.headings import LEFT_OUT, Field
from stampwell.imports.lines import Fault

FIELD_WORDS: dict[Field, str | Promise] = {
    "name": _("Name of the customer"),
    "email": _("Email"),
    "phone": _("Phone"),
    "birthday": _("Birthday"),
    "locale": _("Language"),
    "stamps": _("Stamps"),
    "external_id": _("Number in other software"),
}
COLUMN_CHOICES: list[tuple[str, str | Promise]] = [
    (LEFT_OUT, pgettext_lazy("a column of a file", "Leave out")),
    *FIELD_WORDS.items(),
]
SEPARATOR_WORDS: dict[str, str | Promise] = {";": _("Semicolon"), ",": _("Comma"), "\t": _("Tab")}
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
