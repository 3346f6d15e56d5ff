"""What is exported, and in which form."""

from typing import Any, get_args

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.exports.card_paper import IN_A_FILE
from stampwell.exports.rows import Ending, Format, Subject
from stampwell.languages.formatting import format_number

SUBJECT_WORDS: dict[Subject, str | Promise] = {
    "cards": _("Cards and customers"),
    "journal": _("Journal"),
    "vouchers": _("Vouchers"),
    "days": _("Figures of each day"),
    "customers": _("Figures of customers by month"),
    "hands": _("Figures by person, location and program"),
    "hours": _("Busy hours"),
    "fullness": _("How full the cards are"),
    "waiting": _("How soon rewards are handed out"),
    "refusals": _("Scans that were refused"),
    "costs": _("What rewards cost and what regulars bring in"),
    "owed": _("What you still owe"),
    "oddities": _("What looks odd"),
    "scans": _("Scans to decide"),
    "consents": _("Consent to messages"),
    "imports": _("Imports"),
    "changes": _("Changes at the desk"),
    "programs": _("Programs"),
    "team": _("Team"),
    "locations": _("Locations"),
    "devices": _("Devices"),
    "draws": _("Draws of a month"),
    "links": _("Links of imported cards"),
    "shop": _("The whole shop"),
}
ELSEWHERE: tuple[Subject, ...] = ("draws", "links", "shop")  # asked for on pages of their own
FORMAT_WORDS: dict[Ending, str | Promise] = {
    "xlsx": _("Excel file"),
    "csv": _("CSV, for other spreadsheets"),
    "json": _("JSON, for software"),
    "pdf": _("PDF, to print and cut out"),
    "zip": _("PDFs in a ZIP file, to print and cut out"),
    "age": _("Archive, sealed with a passphrase"),
}
TABLE_FORMATS = [(name, words) for name, words in FORMAT_WORDS.items() if name in get_args(Format)]

_SEVERAL = _("A PDF holds %(most)s cards. For more you get several PDFs in a ZIP file.")


class ExportForm(forms.Form):
    subject = forms.ChoiceField(label=_("What do you want?"), choices=SUBJECT_WORDS.items(), widget=forms.RadioSelect)
    format = forms.ChoiceField(label=_("Kind of file"), choices=TABLE_FORMATS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["subject"].value() == "links":
            self.fields["format"].choices = [("pdf", FORMAT_WORDS["pdf"]), *TABLE_FORMATS]  # type: ignore[attr-defined]
            self.fields["format"].help_text = _SEVERAL % {"most": format_number(IN_A_FILE)}
        offered = [(name, words) for name, words in SUBJECT_WORDS.items() if name not in ELSEWHERE]
        self.fields["subject"].widget.choices = offered
