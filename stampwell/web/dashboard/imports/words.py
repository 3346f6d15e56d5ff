"""What columns hold, and what can be wrong with a row, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stampwell.imports.headings import Field
from stampwell.sheets.headings import LEFT_OUT

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
