"""The file, and what its columns hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.ids import public_id, wanted_id
from stampwell.imports.asking import Choice
from stampwell.imports.rows import ImportRow
from stampwell.merchants.models import Merchant
from stampwell.programs.course import programs_to_join
from stampwell.sheets.encodings import ENCODINGS
from stampwell.web.dashboard.imports.words import COLUMN_CHOICES, SEPARATOR_WORDS


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Your file"),
        allow_empty_file=True,  # what is wrong with it is said by whoever reads it
        help_text=_("Excel (XLSX) or CSV, with a row of headings."),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.xlsx,.txt,text/csv", "aria-describedby": "id_file_chosen id_file_helptext"}
        ),
    )


class ColumnsForm(forms.Form):
    """A field for each column of the file, named by its place."""

    program = forms.ChoiceField(label=_("Program"))
    encoding = forms.ChoiceField(label=_("Character encoding"), choices=ENCODINGS.items())
    separator = forms.ChoiceField(label=_("Cells are separated by"), choices=SEPARATOR_WORDS.items())

    def __init__(self, data: Any = None, *, shop: Merchant, one: ImportRow, columns: list[str]) -> None:
        program = public_id("prg", one.program_id) if one.program_id else None
        super().__init__(data, initial={"encoding": one.encoding, "separator": one.separator, "program": program})
        self.fields["program"].choices = programs_to_join(shop)  # type: ignore[attr-defined]
        self._names = [f"column-{place}" for place in range(len(columns))]
        for name, field in zip(self._names, columns, strict=True):
            self.fields[name] = forms.ChoiceField(choices=COLUMN_CHOICES, required=False, initial=field)

    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self._names]

    def choice(self) -> Choice:
        """Of a form that is valid."""
        chosen = self.cleaned_data
        return Choice(
            program_id=wanted_id("prg", chosen["program"]),
            columns=[chosen[name] for name in self._names],
            encoding=chosen["encoding"],
            separator=chosen["separator"],
        )
