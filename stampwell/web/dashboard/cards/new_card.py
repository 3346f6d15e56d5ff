"""What is asked for a new card at the desk: a program, and a name if the customer likes to give one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.customers.contact import LONGEST_NAME
from stampwell.merchants.models import Merchant
from stampwell.programs.course import programs_to_join
from stampwell.web.dashboard.country_defaults import list_locales
from stampwell.web.typed_fields import NameField


class NewCardForm(forms.Form):
    program = forms.ChoiceField(label=_("Program"))
    name = NameField(
        required=False,
        max_length=LONGEST_NAME,
        label=_("Name of the customer"),
        help_text=_("It is printed on the card, and the card can be found by it."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    locale = forms.ChoiceField(label=_("Language"), help_text=_("The card is written in this language."))

    def __init__(self, data: Any = None, *, shop: Merchant) -> None:
        super().__init__(data, initial={"locale": shop.locale})
        self.fields["program"].choices = programs_to_join(shop)  # type: ignore[attr-defined]
        self.fields["locale"].choices = list_locales()  # type: ignore[attr-defined]
