"""What is exported, and in which form."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.exports.rows import Format, Subject

SUBJECT_WORDS: dict[Subject, str | Promise] = {
    "cards": _("Cards and customers"),
    "journal": _("Journal"),
    "vouchers": _("Vouchers"),
    "days": _("Figures of each day"),
    "links": _("Links of imported cards"),
}
OF_A_LIST: tuple[Subject, ...] = ("links",)  # asked for only where its list is
FORMAT_WORDS: dict[Format, str | Promise] = {
    "xlsx": _("Excel file"),
    "csv": _("CSV, for other spreadsheets"),
    "json": _("JSON, for software"),
}


class ExportForm(forms.Form):
    subject = forms.ChoiceField(label=_("What do you want?"), choices=SUBJECT_WORDS.items(), widget=forms.RadioSelect)
    format = forms.ChoiceField(label=_("Kind of file"), choices=FORMAT_WORDS.items(), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(name, words) for name, words in SUBJECT_WORDS.items() if name not in OF_A_LIST]
        self.fields["subject"].widget.choices = offered
