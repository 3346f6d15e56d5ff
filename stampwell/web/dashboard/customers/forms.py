"""What may be typed in about a customer, under the rules of all other doors."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.customers.changing import CustomerChange
from stampwell.customers.contact import LONGEST_EMAIL, LONGEST_NAME
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.web.dashboard.country_defaults import list_locales
from stampwell.web.dashboard.customers.profile import Profile
from stampwell.web.typed_fields import ContactForm, DayField, MailField, NameField


class CustomerForm(ContactForm):
    """`seen` is the state in which the customer was when the form was shown."""

    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    name = NameField(
        required=False, max_length=LONGEST_NAME, label=_("Name"), widget=forms.TextInput({"autocomplete": "off"})
    )
    email = MailField(required=False, max_length=LONGEST_EMAIL, label=_("Email"))
    phone = forms.CharField(
        required=False,
        label=_("Phone"),
        max_length=200,
        widget=forms.TextInput({"type": "tel", "autocomplete": "off", "dir": "ltr"}),
    )
    birthday = DayField(
        required=False,
        label=_("Birthday"),
        widget=forms.DateInput({"type": "date", "autocomplete": "off", "min": "1900-01-01"}, format="%Y-%m-%d"),
    )
    locale = forms.ChoiceField(
        label=_("Language"), help_text=_("The card and its passes in the phone are written in this language.")
    )

    def __init__(self, *args: Any, shop: Merchant, customer: Profile, **kwargs: Any) -> None:
        known = ("name", "email", "phone", "birthday", "locale")
        kwargs["initial"] = {name: getattr(customer, name) for name in known} | {"seen": customer.state}
        super().__init__(*args, **kwargs)
        self.today = local_day(shop, now())
        self.fields["email"].widget.attrs |= {"autocomplete": "off"}
        # A language may be offered no longer after it was chosen.
        languages = {customer.locale: customer.language} | dict(list_locales())
        self.fields["locale"].choices = list(languages.items())  # type: ignore[attr-defined]

    @property
    def change(self) -> CustomerChange:
        return CustomerChange(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})
