"""Fields that read what was typed on whatever keyboard, and measure it in the form in which it stays."""

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _

from stampwell.customers.contact import check_email
from stampwell.languages.texts import LONGEST_GIVEN, clean_text
from stampwell.languages.typed import plain, plain_code

_refuse_nul = ProhibitNullCharactersValidator()


class NameField(forms.CharField):
    """A name, or another single line, as it can be seen."""

    def to_python(self, value: Any) -> str:
        given = super().to_python(value) or ""
        _refuse_nul(given)  # not left out like other controls: no person sends it
        return clean_text(given[:LONGEST_GIVEN])


class MailField(forms.EmailField):
    """In small letters."""

    default_validators = [check_email]

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "").lower()


class NumberField(forms.IntegerField):
    def to_python(self, value: Any) -> int | None:
        return super().to_python(plain(value) if isinstance(value, str) else value)


class DayField(forms.DateField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(plain(value) if isinstance(value, str) else value)


class CodeField(forms.CharField):
    """A code that somebody reads off another screen."""

    def to_python(self, value: Any) -> str:
        return plain_code(super().to_python(value) or "")


def ask_again(form: forms.Form) -> None:
    """A password or a PIN does not go back to the browser with a form that is refused for another reason: says so."""
    for name, field in form.fields.items():
        if isinstance(field.widget, forms.PasswordInput) and form[name].value() and not form.has_error(name):
            form.add_error(name, _("Enter it once more: for your safety it was not kept."))
