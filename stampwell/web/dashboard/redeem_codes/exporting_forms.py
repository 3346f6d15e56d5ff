"""For which till codes are exported, and what their discount is called there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.redeem_codes.till_file_words import TILL_NAMES
from stampwell.redeem_codes.till_files import WITH_PROGRAM, Form
from stampwell.web.typed_fields import NameField, NumberField


class ExportCodesForm(forms.Form):
    till = forms.ChoiceField(
        label=_("For which till?"), choices=TILL_NAMES.items(), widget=forms.RadioSelect, initial="plain"
    )
    program = NameField(
        label=_("What the discount is called in the till"),
        required=False,
        max_length=100,
        help_text=_("For Odoo the coupon program, for ERPNext the pricing rule; other tills do not need it."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    points = NumberField(
        label=_("Points that an Odoo coupon has"),
        min_value=1,
        max_value=1_000_000,
        initial=1,
        help_text=_("As many as its reward needs there; other tills do not need them."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("till") in WITH_PROGRAM and not given.get("program") and "program" not in self.errors:
            self.add_error("program", _("This till needs the name."))
        return given

    def wanted(self) -> Form:
        """Of a form that is valid."""
        given = self.cleaned_data
        return Form(till=given["till"], program=given["program"], points=given["points"])
