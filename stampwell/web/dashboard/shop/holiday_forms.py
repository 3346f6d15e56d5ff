"""The part of a location's form that says its holidays: a row for each, with its days and, if it has any, its hours.

As with opening hours, adding and removing a row posts the form, and what was typed stays until it can be read.
"""

import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from stampwell.languages.explaining import explain
from stampwell.merchants.holidays import (
    FIRST_DAY,
    LAST_DAY,
    LONGEST_NAME,
    MOST_HOLIDAYS,
    Holiday,
    why_holidays_unclear,
)
from stampwell.web.dashboard.hours_field import HoursField
from stampwell.web.typed_fields import DayField, NameField

_ACT = re.compile(r"(add|remove)-holiday(?:-([0-9]{1,2}))?")
_IN_RANGE = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]


def _day_field(**given: Any) -> DayField:
    day = forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d")
    return DayField(widget=day, validators=_IN_RANGE, **given)


class HolidayForm(forms.Form):
    name = NameField(
        label=_("Holiday"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    first_day = _day_field(label=_("First day"))
    last_day = _day_field(label=_("Last day"), required=False)
    hours = HoursField(
        label=_("At these hours"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "dir": "ltr"}),
        help_text=_("Leave it empty if it is closed all day."),
    )
    every_year = forms.BooleanField(label=_("Every year"), required=False)

    def clean(self) -> dict[str, Any]:
        """A holiday without a last day is one day long."""
        given = self.cleaned_data
        if not self.errors:
            given["last_day"] = given["last_day"] or given["first_day"]
            if refusal := why_holidays_unclear([self.holiday]):
                said = explain(refusal, ZoneInfo("UTC"))
                self.add_error("last_day", f"{said.staff_message} {said.what_to_do}")
        return given

    @property
    def holiday(self) -> Holiday:
        return Holiday(**self.cleaned_data)


class HolidayRows:
    """All rows of one location, as they stand in the form."""

    def __init__(self, forms: Sequence[HolidayForm], *, new_row: int | None = None) -> None:
        self.forms = forms
        if new_row is not None:  # to which the focus goes
            forms[new_row].fields["name"].widget.attrs["autofocus"] = True

    @property
    def rows(self) -> list[tuple[int, HolidayForm]]:
        return list(enumerate(self.forms))

    @property
    def has_room(self) -> bool:
        return len(self.forms) < MOST_HOLIDAYS

    def check(self) -> None:
        for form in self.forms:
            form.full_clean()

    @property
    def is_clear(self) -> bool:
        return all(form.is_valid() for form in self.forms)

    @property
    def holidays(self) -> list[Holiday]:
        return [form.holiday for form in self.forms]


def rows_of(holidays: Sequence[Holiday]) -> HolidayRows:
    return HolidayRows([HolidayForm(prefix=_prefix(row), initial=_shown(one)) for row, one in enumerate(holidays)])


def posted_rows(data: QueryDict) -> HolidayRows:
    """As they were sent, to be checked."""
    return HolidayRows([HolidayForm(data, prefix=_prefix(row)) for row in range(_count(data))])


def rearranged_rows(data: QueryDict) -> HolidayRows:
    """As they were sent, with what the pressed button asks for; nothing is checked."""
    typed, act = [_typed(data, row) for row in range(_count(data))], _ACT.fullmatch(data.get("act", ""))
    added = None
    match act and act[1]:
        case "add" if len(typed) < MOST_HOLIDAYS:
            added = len(typed)
            typed.append({})
        case "remove" if act and act[2]:
            del typed[int(act[2]) : int(act[2]) + 1]
    forms = [HolidayForm(prefix=_prefix(row), initial=fields) for row, fields in enumerate(typed)]
    return HolidayRows(forms, new_row=added)


def _prefix(row: int) -> str:
    return f"holiday_{row}"


def _count(data: QueryDict) -> int:
    count = data.get("holidays-rows", "0")
    return min(int(count), MOST_HOLIDAYS) if count.isascii() and count.isdecimal() and len(count) < 3 else 0


def _typed(data: QueryDict, row: int) -> dict[str, str]:
    sent = ((name, data.get(f"{_prefix(row)}-{name}")) for name in HolidayForm.base_fields)
    return {name: str(value) for name, value in sent if value is not None}


def _shown(holiday: Holiday) -> dict[str, Any]:
    return {
        "name": holiday.name,
        "first_day": holiday.first_day,
        "last_day": None if holiday.last_day == holiday.first_day else holiday.last_day,
        "hours": ", ".join("-".join(span) for span in holiday.hours),
        "every_year": holiday.every_year,
    }
