"""The till's report, and how it is read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.ids import public_id, wanted_id
from stampwell.merchants.models import Location
from stampwell.reconciling.choice import LATEST_DAY_BEGINS, MOST_TOLERANCE, Choice
from stampwell.sheets.encodings import ENCODINGS
from stampwell.sheets.headings import folded
from stampwell.web.dashboard.imports.words import SEPARATOR_WORDS
from stampwell.web.dashboard.reconciliations.words import COLUMN_CHOICES, DATE_ORDER_CHOICES


class ReportForm(forms.Form):
    file = forms.FileField(
        label=_("The till’s report"),
        allow_empty_file=True,  # what is wrong with it is said by whoever reads it
        help_text=_("Excel (XLSX) or CSV: the list of receipts, or of the codes that were used."),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.xlsx,.txt,text/csv", "aria-describedby": "id_file_chosen id_file_helptext"}
        ),
    )


class ChoiceForm(forms.Form):
    """A field for each column of the file and for each place that it names, both named by their number."""

    date_order = forms.ChoiceField(label=_("Day and month"), choices=DATE_ORDER_CHOICES, required=False)
    location = forms.ChoiceField(label=_("Location of all rows"), required=False)
    code_of_all = forms.ChoiceField(label=_("What the discounts stand for"), required=False)
    tolerance = forms.IntegerField(
        label=_("Minutes by which the till’s clock may be wrong"), min_value=0, max_value=MOST_TOLERANCE
    )
    day_begins = forms.TypedChoiceField(
        label=_("The till’s day begins at"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(LATEST_DAY_BEGINS + 1)],
    )
    encoding = forms.ChoiceField(label=_("Character encoding"), choices=ENCODINGS.items())
    separator = forms.ChoiceField(label=_("Cells are separated by"), choices=SEPARATOR_WORDS.items())

    def __init__(
        self, data: Any = None, *, choice: Choice, locations: list[Location], codes: list[str], names: list[str]
    ) -> None:
        place = public_id("loc", choice.location_id) if choice.location_id else ""
        initial = {"location": place} | {
            name: getattr(choice, name)
            for name in ("date_order", "code_of_all", "tolerance", "day_begins", "encoding", "separator")
        }
        super().__init__(data, initial=initial)
        ours = [(public_id("loc", location.id), location.name) for location in locations]
        self._choices("location", [("", _("As in the report, or unknown")), *ours])
        self._choices("code_of_all", [("", _("A column has the codes")), *((code, code) for code in codes)])
        self._columns = [f"column-{number}" for number in range(len(choice.columns))]
        for name, field in zip(self._columns, choice.columns, strict=True):
            self.fields[name] = forms.ChoiceField(choices=COLUMN_CHOICES, required=False, initial=field)
        self._names = names
        for number, name in enumerate(names):
            known = choice.places.get(folded(name))
            self.fields[f"place-{number}"] = forms.ChoiceField(
                label=name,
                choices=[("", _("None of ours")), *ours],
                required=False,
                initial=public_id("loc", known) if known else "",
            )

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self._columns]

    def places(self) -> list[forms.BoundField]:
        return [self[f"place-{number}"] for number in range(len(self._names))]

    def choice(self, before: Choice) -> Choice:
        """Of a form that is valid."""
        said = self.cleaned_data
        places = dict(before.places)
        for number, name in enumerate(self._names):
            chosen = said[f"place-{number}"]
            places[folded(name)] = wanted_id("loc", chosen) if chosen else None
        return Choice(
            columns=[said[name] for name in self._columns],
            encoding=said["encoding"],
            separator=said["separator"],
            date_order=said["date_order"],
            places=places,
            location_id=wanted_id("loc", said["location"]) if said["location"] else None,
            code_of_all=said["code_of_all"],
            tolerance=said["tolerance"],
            day_begins=said["day_begins"],
        )
