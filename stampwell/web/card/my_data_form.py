"""What a customer may correct about themselves, under the rules of all other doors."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.customers.changing import CustomerChange
from stampwell.customers.contact import LONGEST_EMAIL, LONGEST_NAME
from stampwell.customers.describing import KnownCustomer
from stampwell.merchants.local_time import local_day
from stampwell.merchants.models import Merchant
from stampwell.web.typed_fields import ContactForm, DayField, MailField, NameField


class MyDataForm(ContactForm):
    name = NameField(
        required=False, max_length=LONGEST_NAME, label=_("Name"), widget=forms.TextInput({"autocomplete": "name"})
    )
    email = MailField(required=False, max_length=LONGEST_EMAIL, label=_("Email"))
    phone = forms.CharField(
        required=False,
        label=_("Phone"),
        max_length=200,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )
    birthday = DayField(
        required=False,
        label=_("Birthday"),
        widget=forms.DateInput({"type": "date", "autocomplete": "bday", "min": "1900-01-01"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, shop: Merchant, customer: KnownCustomer, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(customer, name) for name in ("name", "email", "phone", "birthday")}
        super().__init__(*args, **kwargs)
        self.today = local_day(shop, now())
        self.fields["email"].widget.attrs |= {"autocomplete": "email", "inputmode": "email"}

    @property
    def change(self) -> CustomerChange:
        return CustomerChange(**self.cleaned_data)
