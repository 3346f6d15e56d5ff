"""What the join page asks for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from stampwell.clock import now
from stampwell.customers.consenting import consent_wording
from stampwell.customers.contact import LONGEST_EMAIL, LONGEST_NAME
from stampwell.customers.joining import ConsentGiven, ContactDetails
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.web.typed_fields import ContactForm, DayField, MailField, NameField


class JoinForm(ContactForm):
    """Nothing is required. Only what the shop asks for is asked; the consent is a box of its own, never ticked.

    It is there only where the shop writes to customers, and where an address is asked for: without both nothing would
    be sent to anybody.
    """

    def __init__(self, *args: Any, asks_for: Sequence[str], shop: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = local_day(shop, now())
        makers = {"name": _name_field, "email": _email_field, "birthday": _birthday_field}
        for name in asks_for:
            self.fields[name] = makers[name]()
        self.asks_for_consent = "email" in asks_for and shop.writes_to_customers
        if self.asks_for_consent:
            self.fields["consent"] = forms.BooleanField(required=False, label=consent_wording(shop.name))

    @property
    def details(self) -> ContactDetails:
        return ContactDetails(
            name=self.cleaned_data.get("name", ""),
            email=self.cleaned_data.get("email", ""),
            birthday=self.cleaned_data.get("birthday"),
        )

    @property
    def consent(self) -> ConsentGiven | None:
        """With the very sentence that stood beside the box."""
        if not self.cleaned_data.get("consent"):
            return None
        return ConsentGiven(wording=str(self.fields["consent"].label), source="join page")


def _name_field() -> forms.Field:
    return NameField(
        required=False, max_length=LONGEST_NAME, label=_("Name"), widget=forms.TextInput({"autocomplete": "name"})
    )


def _email_field() -> forms.Field:
    field = MailField(required=False, max_length=LONGEST_EMAIL, label=_("Email"))
    field.widget.attrs |= {"autocomplete": "email", "inputmode": "email", "enterkeyhint": "done"}
    return field


def _birthday_field() -> forms.Field:
    return DayField(
        required=False,
        label=_("Birthday"),
        widget=forms.DateInput({"type": "date", "autocomplete": "bday", "min": "1900-01-01"}, format="%Y-%m-%d"),
    )
