"""Opening a shop: account and merchant in one form."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from stampwell.customers.contact import LONGEST_EMAIL
from stampwell.merchants.models import User
from stampwell.templatetags.passwords import shortest_password
from stampwell.web.dashboard.country_defaults import list_currencies, list_locales, list_time_zones
from stampwell.web.typed_fields import MailField, NameField


class ShopForm(forms.Form):
    """What a shop is called and how it counts."""

    name = NameField(
        label=_("Name of the shop"),
        max_length=60,
        help_text=_("Your customers see it on the card."),
        error_messages={"required": _("Enter the name of the shop.")},
    )
    locale = forms.ChoiceField(label=_("Language of the shop"))
    currency = forms.ChoiceField(label=_("Currency"))
    time_zone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locale"].choices = list_locales()  # type: ignore[attr-defined]
        self.fields["currency"].choices = list_currencies()  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = list_time_zones()  # type: ignore[attr-defined]
        self.fields["time_zone"].widget.attrs["data-guesses-time-zone"] = ""
        self.fields["name"].widget.attrs |= {
            "autocomplete": "organization",
            "data-missing": _said(self, "name", "required"),
        }


def new_password_field() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 15 characters. Four or five words in a row are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def say_rule_of_password(form: forms.Form) -> None:
    """To the page, which then checks the password before it is sent."""
    shortest = shortest_password()
    form.fields["password"].widget.attrs |= {
        "data-missing": _said(form, "password", "required"),
        "data-least": shortest.length,
        "data-short": shortest.refusal,
    }


def refuse_weak_password(form: forms.Form, email: str) -> None:
    if password := form.cleaned_data.get("password"):
        try:
            validate_password(password, User(email=email))
        except ValidationError as weak:
            form.add_error("password", weak)


class AccountForm(forms.Form):
    """Who signs in. An existing account is told so: a person with two shops signs in and opens the second there."""

    email = MailField(label=_("Your email"), max_length=LONGEST_EMAIL)
    password = new_password_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_rule_of_password(self)
        self.fields["email"].widget.attrs |= {
            "autocomplete": "email",
            "autocapitalize": "none",
            "data-missing": _said(self, "email", "required"),
            "data-unreadable": EmailValidator.message,
        }

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email=email).exists():
            raise ValidationError(
                _("There is already an account with this email. Sign in, then open the shop there."), code="taken"
            )
        return email

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        refuse_weak_password(self, cleaned.get("email", ""))
        return cleaned


def _said(form: forms.Form, field: str, code: str) -> object:
    """What the form will say, for the page to say it first."""
    return form.fields[field].error_messages[code]
