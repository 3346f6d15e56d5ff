"""The guided form of a program: the card, its rewards, how stamps are earned, how it looks."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.languages.formatting import format_duration
from stampwell.languages.offered import name_language, offered_locales
from stampwell.merchants.models import Merchant
from stampwell.programs.limits import (
    LARGEST_GOAL,
    LONGEST_NAME,
    LONGEST_OFFER,
    MOST_COOLDOWN,
    MOST_STAMPS_A_DAY,
)
from stampwell.redeem_codes.formats import FORMATS
from stampwell.wallet.look.stamp_icons import ICONS
from stampwell.web.dashboard.money import AmountField
from stampwell.web.typed_fields import ColourField, NumberField

# What a new program looks like until its owner chooses.
PROPOSED_BACKGROUND, PROPOSED_ACCENT, PROPOSED_ICON, PROPOSED_GOAL = "#4a2e1f", "#f2c14e", "cup", 10
ICON_NAMES = {
    "cup": _("Cup"),
    "scissors": _("Scissors"),
    "loaf": _("Bread"),
    "car": _("Car"),
    "flower": _("Flower"),
    "star": _("Star"),
    "heart": _("Heart"),
    "paw": _("Paw"),
    "leaf": _("Leaf"),
    "scoop": _("Ice cream"),
    "pizza": _("Pizza"),
    "burger": _("Burger"),
    "bowl": _("Bowl"),
    "book": _("Book"),
    "dumbbell": _("Dumbbell"),
    "drop": _("Drop"),
    "bag": _("Shopping bag"),
    "tick": _("Tick"),
}
COOLDOWNS = [
    ("0", _("No pause")),
    ("30", _("30 seconds")),
    ("300", _("5 minutes")),
    ("3600", _("1 hour")),
    ("43200", _("12 hours")),
]
BARCODES = [(kind, FORMATS[kind].name) for kind in ("qr", "code128", "pdf417", "aztec")]
BARCODE_PROMISES = {
    "qr": _("Every phone camera reads it, and every scanner that reads off a screen. Keep it if you are not sure."),
    "code128": _("Only if your shop’s scanner reads nothing but barcodes. An Apple Watch does not show them."),
    "pdf417": _("Only if your shop’s scanner reads this code and no QR code."),
    "aztec": _("Only if your shop’s scanner reads this code and no QR code."),
}
ASKS = [("name", _("Name")), ("email", _("Email")), ("birthday", _("Birthday"))]


def text_fields(form: forms.Form, name: str, label: Any, locale: str, **options: Any) -> None:
    """One field for each language: the merchant's own first, under the name itself; the others are optional."""
    form.fields[name] = forms.CharField(label=label, **options)
    options = options | {"required": False, "help_text": "", "initial": ""}
    for other in offered_locales():
        if other != locale:
            form.fields[f"{name}_{other}"] = forms.CharField(label=name_language(other), **options)
            form.fields[f"{name}_{other}"].widget.attrs |= {"lang": other, "dir": "auto"}


class ProgramForm(forms.Form):
    """The card itself. The reward at the goal and those on the way have forms of their own."""

    goal = NumberField(label=_("Stamps on the card"), min_value=1, max_value=LARGEST_GOAL, initial=PROPOSED_GOAL)
    earning_by = forms.ChoiceField(
        label=_("A stamp is earned"),
        choices=[("visit", _("With each visit")), ("amount", _("For an amount spent"))],
        widget=forms.RadioSelect,
        initial="visit",
    )
    cooldown = forms.ChoiceField(
        label=_("Pause between two stamps"),
        choices=COOLDOWNS,
        initial="30",
        help_text=_("Stops a card being stamped twice by mistake. Staff can override it for another purchase."),
    )
    daily_cap = NumberField(
        label=_("Maximum stamps per day"),
        required=False,
        min_value=1,
        max_value=MOST_STAMPS_A_DAY,
        help_text=_("Leave it empty for no limit."),
    )
    welcome_stamps = NumberField(
        label=_("Stamps on a new card"),
        required=False,
        min_value=0,
        max_value=LARGEST_GOAL - 1,
        help_text=_("A card that starts with stamps brings people back. Leave this empty for none."),
    )
    only_when_open = forms.BooleanField(label=_("Stamps during opening hours only"), required=False)
    asks_for = forms.MultipleChoiceField(
        label=_("What do you ask new customers for?"),
        choices=ASKS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They can always leave it empty. The less you ask, the more people join."),
    )
    background = ColourField(label=_("Colour of the card"), initial=PROPOSED_BACKGROUND)
    accent = ColourField(label=_("Colour of the stamps"), initial=PROPOSED_ACCENT)
    icon = forms.ChoiceField(
        label=_("Stamp icon"), choices=list(ICON_NAMES.items()), widget=forms.RadioSelect, initial=PROPOSED_ICON
    )
    barcode = forms.ChoiceField(
        label=_("Code on the card"),
        choices=BARCODES,
        required=False,
        widget=forms.RadioSelect,
        initial="qr",
        help_text=_("This is for Apple Wallet. In Google Wallet and on the web page the card always shows a QR code."),
    )
    logo = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 2 MB."),
        widget=forms.FileInput(
            attrs={
                "accept": "image/png,image/jpeg,image/webp",
                "aria-describedby": "id_logo_file_chosen id_logo_file_helptext",
            }
        ),
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text_fields(self, "name", _("Name of the card"), merchant.locale, max_length=LONGEST_NAME)
        text_fields(
            self,
            "offer",
            _("The offer in one sentence"),
            merchant.locale,
            max_length=LONGEST_OFFER,
            required=False,
            help_text=_("Shown on the join page and the poster. If you leave it empty, we write it from your reward."),
        )
        self.fields["amount_per_stamp"] = AmountField(
            label=_("Amount for one stamp"), currency=merchant.currency, required=False
        )
        self.fields["minimum_spend"] = AmountField(
            label=_("Smallest purchase that counts"),
            currency=merchant.currency,
            required=False,
            help_text=_("If it is set, staff enter the amount of each purchase."),
        )
        self.fields["name"].widget.attrs |= {
            "placeholder": _("For example: Coffee card"),
            "data-mirrors": ".is-program",
        }
        for name, variable in (("background", "--brand"), ("accent", "--stamp")):
            self.fields[name].widget.attrs |= {
                "class": "input mono",
                "data-sets": variable,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "dir": "ltr",
            }
        keep_choice(self, "cooldown", COOLDOWNS, most=MOST_COOLDOWN)
        assert ICON_NAMES.keys() == ICONS.keys() - {"gift"}, "every icon has a name, and the gift is the goal's own"

    @property
    def other_names(self) -> list[forms.BoundField]:
        return other_texts(self, "name")

    @property
    def other_offers(self) -> list[forms.BoundField]:
        return other_texts(self, "offer")


def keep_choice(form: forms.Form, name: str, choices: list[tuple[str, Any]], *, most: int) -> None:
    """Seconds that came through the API and stand in no list of ours stay choosable."""
    given = str(form.data.get(form.add_prefix(name)) if form.is_bound else form.initial.get(name, ""))
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    is_number = given.isascii() and given.isdecimal() and len(given) < 9
    if is_number and int(given) <= most and given not in dict(choices):
        field.choices = [*choices, (given, format_duration(timedelta(seconds=int(given))))]


def other_texts(form: forms.Form, name: str) -> list[forms.BoundField]:
    return [form[field] for field in form.fields if field.startswith(f"{name}_")]


def texts_in(given: dict[str, Any], name: str, locale: str) -> dict[str, str]:
    texts = {locale: given[name]} | {other: given[f"{name}_{other}"] for other in offered_locales() if other != locale}
    return {other: text for other, text in texts.items() if text}


def fields_of_texts(texts: dict[str, str], name: str, locale: str) -> dict[str, str]:
    """A text that the merchant's own language lacks is shown there in the first one that has it."""
    own = texts.get(locale) or next(iter(texts.values()), "")
    others = {f"{name}_{other}": text for other, text in texts.items() if other != locale}
    return {name: own} | others
