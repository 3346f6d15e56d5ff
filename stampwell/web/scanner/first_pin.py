"""What the owner enters on the first phone: a name and a PIN."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.languages.typed import plain
from stampwell.web.typed_fields import NameField


class PinField(forms.RegexField):
    """Digits of any keyboard; they are kept as ASCII digits."""

    def to_python(self, value: object) -> str:
        return plain(super().to_python(value) or "")


class FirstPinForm(forms.Form):
    name = NameField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    pin = PinField(
        r"^[0-9]{4,8}$",
        label=_("Your PIN"),
        help_text=_("4 to 8 digits. You use it to sign in on this phone."),
        error_messages={"invalid": _("A PIN has 4 to 8 digits.")},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "8", "pattern": "[0-9]{4,8}"}
        ),
    )
