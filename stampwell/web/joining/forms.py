"""What the join page asks for."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.languages.texts import clean_text
from stampwell.web.typed_fields import DayField

OLDEST_BIRTHDAY = date(1900, 1, 1)


class JoinForm(forms.Form):
    """Nothing is required. Only what the shop asks for is asked; the consent is a box of its own, never ticked."""

    def __init__(self, *args: Any, asks_for: Sequence[str], shop: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        makers = {"name": _name_field, "email": _email_field, "birthday": _birthday_field}
        for name in asks_for:
            self.fields[name] = makers[name]()
        self.fields["consent"] = forms.BooleanField(required=False, label=consent_wording(shop))

    def clean_birthday(self) -> date | None:
        day: date | None = self.cleaned_data["birthday"]
        if day and not OLDEST_BIRTHDAY <= day <= now().date():
            raise forms.ValidationError(_("This date can’t be a birthday. Correct it or leave it empty."))
        return day

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])

    @property
    def details(self) -> ContactDetails:
        return ContactDetails(
            name=self.cleaned_data.get("name", ""),
            email=self.cleaned_data.get("email", "").lower(),
            birthday=self.cleaned_data.get("birthday"),
        )

    @property
    def consent(self) -> ConsentGiven | None:
        """With the very sentence that stood beside the box."""
        if not self.cleaned_data["consent"]:
            return None
        return ConsentGiven(wording=str(self.fields["consent"].label), source="join page")


def consent_wording(shop: str) -> str:
    return _("%(shop)s may send me news and offers. I can stop this at any time.") % {"shop": shop}


def _name_field() -> forms.Field:
    return forms.CharField(
        required=False, max_length=100, label=_("Name"), widget=forms.TextInput({"autocomplete": "name"})
    )


def _email_field() -> forms.Field:
    field = forms.EmailField(required=False, max_length=254, label=_("Email"))
    field.widget.attrs |= {"autocomplete": "email", "inputmode": "email", "enterkeyhint": "done"}
    return field


def _birthday_field() -> forms.Field:
    return DayField(
        required=False,
        label=_("Birthday"),
        widget=forms.DateInput({"type": "date", "autocomplete": "bday", "min": "1900-01-01"}, format="%Y-%m-%d"),
    )
