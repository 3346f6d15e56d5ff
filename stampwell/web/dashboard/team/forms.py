"""Forms about people and devices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.customers.contact import LONGEST_EMAIL
from stampwell.ids import public_id
from stampwell.languages.typed import plain
from stampwell.merchants.hiring import INVITED_ROLES
from stampwell.merchants.models import Location, StaffMember, Station
from stampwell.merchants.team_words import KIND_WORDS, ROLE_WORDS
from stampwell.web.dashboard.country_defaults import list_locales
from stampwell.web.dashboard.desk import Desk
from stampwell.web.dashboard.start.forms import new_password_field, refuse_weak_password, say_rule_of_password
from stampwell.web.typed_fields import MailField, NameField

ROLE_PROMISES = {
    StaffMember.Role.OWNER: _("Can do everything, including managing API keys and other owners."),
    StaffMember.Role.MANAGER: _("Can change programs, people and devices, undo stamps and restore vouchers."),
    StaffMember.Role.CASHIER: _("Stamps cards and hands out rewards."),
}

KIND_PROMISES = {
    Station.Kind.SCANNER: _("A phone of your staff. They sign in with a PIN, stamp cards and hand out rewards."),
    Station.Kind.KIOSK: _(
        "A tablet that faces the customers: they hold up their cards themselves. Nobody watches, so a card has to wait "
        "between two stamps there, and it gives out no rewards."
    ),
    Station.Kind.AUTOPILOT: _(
        "The till’s computer with a barcode scanner: every card that is scanned gets a stamp. Nobody signs in, so the "
        "journal tells the device and not the person."
    ),
}


class PinField(forms.RegexField):
    """Digits of any keyboard; they are kept as ASCII digits."""

    def to_python(self, value: object) -> str:
        return plain(super().to_python(value) or "")


def pin_field(*, required: bool) -> PinField:
    return PinField(
        r"^[0-9]{4,8}$",
        label=_("PIN"),
        required=required,
        help_text=_("4 to 8 digits. It is typed at the counter and never shown again."),
        error_messages={"invalid": _("A PIN has 4 to 8 digits.")},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "new-password", "maxlength": "8", "pattern": r"[0-9]{4,8}"}
        ),
    )


def name_field() -> NameField:
    return NameField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class NewPersonForm(forms.Form):
    """A cashier: who needs to sign in at the desk is invited. Without a PIN a cashier could do nothing."""

    name = name_field()
    pin = pin_field(required=True)


class PersonForm(forms.Form):
    """Only an owner may make owners, and only who has an account can be more than a cashier."""

    name = name_field()
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, desk: Desk, member: StaffMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = {StaffMember.Role.CASHIER, member.role}
        if member.user_id is not None:
            allowed |= {StaffMember.Role.MANAGER} | ({StaffMember.Role.OWNER} if desk.owns else set())
        roles = [role for role in reversed(StaffMember.Role) if role in allowed]
        self.fields["role"].choices = [(role.value, ROLE_WORDS[role]) for role in roles]  # type: ignore[attr-defined]


class InvitationForm(forms.Form):
    """Somebody who is to sign in at the desk."""

    name = name_field()
    email = MailField(
        label=_("Email"), max_length=LONGEST_EMAIL, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        choices=[(role.value, ROLE_WORDS[role]) for role in INVITED_ROLES],
        initial=StaffMember.Role.MANAGER.value,
    )
    locale = forms.ChoiceField(label=_("Language of the email"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locale"].choices = list_locales()  # type: ignore[attr-defined]


class AcceptingForm(forms.Form):
    """The password of the account that an invited person makes; the address is the invited one."""

    password = new_password_field()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        say_rule_of_password(self)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        refuse_weak_password(self, self.email)
        return cleaned


class PinForm(forms.Form):
    pin = pin_field(required=True)


class StationNameForm(forms.Form):
    name = NameField(
        label=_("Name of the device"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("So that you recognise it in the list, for example: phone at the counter."),
    )


class StationForm(StationNameForm):
    kind = forms.ChoiceField(
        label=_("What kind of device is it?"),
        choices=[(kind.value, KIND_WORDS[kind]) for kind in KIND_PROMISES],
        initial=Station.Kind.SCANNER.value,
        required=False,
        widget=forms.RadioSelect,
    )
    location = forms.ChoiceField(label=_("Where is it used?"))

    def __init__(self, *args: Any, locations: list[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(public_id("loc", location.id), location.name) for location in locations]
        self.fields["location"].choices = choices  # type: ignore[attr-defined]

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Station.Kind.SCANNER.value
