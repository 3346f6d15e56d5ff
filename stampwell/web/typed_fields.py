"""Fields that read what was typed on whatever keyboard, and measure it in the form in which it stays."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator, URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stampwell.customers.contact import Unfit, check_email, read_birthday, read_phone
from stampwell.languages.texts import LONGEST_GIVEN, clean_lines, clean_text
from stampwell.languages.typed import plain, plain_code

_refuse_nul = ProhibitNullCharactersValidator()


class NameField(forms.CharField):
    """A name, or another single line, as it can be seen."""

    def to_python(self, value: Any) -> str:
        given = super().to_python(value) or ""
        _refuse_nul(given)  # not left out like other controls: no person sends it
        return clean_text(given[:LONGEST_GIVEN])


class LinesField(forms.CharField):
    """Several lines, as they can be seen."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        given = super().to_python(value) or ""
        _refuse_nul(given)
        return clean_lines(given[:LONGEST_GIVEN])


class PageField(forms.URLField):
    """The address of a page on the web, which may be shown to everybody: over https, and with no password in it."""

    default_validators = [URLValidator(schemes=["https"])]
    default_error_messages = {"invalid": gettext_lazy("Enter an address that begins with https://.")}

    def to_python(self, value: Any) -> str:
        given = str(value or "")
        _refuse_nul(given)
        return super().to_python("".join(clean_text(given[:LONGEST_GIVEN]).split())) or ""

    def clean(self, value: Any) -> str:
        link: str = super().clean(value)
        if "@" in link.partition("://")[2].partition("/")[0]:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return link


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


class ContactForm(forms.Form):
    """Reads phone and birthday, where a form asks for them, by the rules of all other doors. `today` is the shop's."""

    today: date

    def clean_phone(self) -> str:
        try:
            return read_phone(self.cleaned_data["phone"])
        except Unfit:
            raise ValidationError(_("This can’t be a phone number. Use digits, spaces and a + in front.")) from None

    def clean_birthday(self) -> date | None:
        day: date | None = self.cleaned_data["birthday"]
        try:
            return read_birthday(day, today=self.today)
        except Unfit:
            raise ValidationError(_("This date can’t be a birthday. Correct it or leave it empty.")) from None


_HEX = re.compile(r"#?(?:([0-9a-f]{3})|([0-9a-f]{6}))")


def read_colour(typed: object) -> str:
    """A colour as people write and paste it (#abc, ABCDEF, with blanks around) as `#rrggbb`; "" for anything else."""
    found = _HEX.fullmatch(plain_code(str(typed or "")).lower())
    if found is None:
        return ""
    short, whole = found.groups()
    return f"#{whole or ''.join(letter * 2 for letter in short)}"


class ColourField(forms.CharField):
    default_error_messages = {"invalid": gettext_lazy("Enter a colour like %(example)s: six letters or digits.")}

    def to_python(self, value: Any) -> str:
        given = super().to_python(value) or ""
        if given and not read_colour(given):
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"example": "#4a2e1f"})
        return read_colour(given)


def ask_again(form: forms.Form) -> None:
    """A password or a PIN does not go back to the browser with a form that is refused for another reason: says so."""
    for name, field in form.fields.items():
        if isinstance(field.widget, forms.PasswordInput) and form[name].value() and not form.has_error(name):
            form.add_error(name, _("Enter it once more: for your safety it was not kept."))
