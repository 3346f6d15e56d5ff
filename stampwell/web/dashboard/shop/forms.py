"""Forms about the shop itself: places and keys."""

from typing import Any

import msgspec
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stampwell.cards.earning import MOST_STAMPS_AT_ONCE
from stampwell.ids import public_id
from stampwell.merchants.access import Scope
from stampwell.merchants.describing import describe_location, position_of
from stampwell.merchants.location_drafts import LocationDraft, marks_of
from stampwell.merchants.models import Location, Merchant
from stampwell.merchants.offline_rewards import OfflineRewards, offline_rewards_of
from stampwell.merchants.protection import HIGHEST, Protection, protection_of
from stampwell.web.dashboard.country_defaults import list_currencies, list_locales, list_time_zones
from stampwell.web.dashboard.money import AmountField, show_amount
from stampwell.web.dashboard.shop.holiday_forms import HolidayRows
from stampwell.web.dashboard.shop.opening_hours import OpeningHours
from stampwell.web.dashboard.shop.position import LONGEST_LINK, PositionField, write_position
from stampwell.web.typed_fields import NameField, NumberField

SCOPE_WORDS = {
    Scope.PROGRAMS_READ: _("Read programs"),
    Scope.PROGRAMS_WRITE: _("Publish programs"),
    Scope.CARDS_READ: _("Read cards"),
    Scope.CARDS_WRITE: _("Issue cards"),
    Scope.CARDS_LINKS: _("See the links and codes of cards and vouchers"),
    Scope.STAMPS_WRITE: _("Add and undo stamps"),
    Scope.STAMPS_OVERRIDE: _("Add stamps before the pause between two stamps is over"),
    Scope.VOUCHERS_READ: _("Read vouchers"),
    Scope.VOUCHERS_WRITE: _("Give vouchers"),
    Scope.VOUCHERS_REDEEM: _("Redeem and restore vouchers"),
    Scope.CUSTOMERS_READ: _("See names, emails, phone numbers and birthdays of customers"),
    Scope.CUSTOMERS_WRITE: _("Change what is known of customers"),
    Scope.LOCATIONS_WRITE: _("Change locations: opening hours, holidays, time zone"),
    Scope.EVENTS_READ: _("Read the history of events"),
    Scope.EXPORTS_WRITE: _("Export customers, journal and figures"),
    Scope.EXPORTS_READ: _("Download what was exported"),
    Scope.IMPORTS_WRITE: _("Import customers and their stamps, and undo that"),
    Scope.IMPORTS_READ: _("Read what became of imports"),
    Scope.CODES_WRITE: _("Add redeem codes, see them and withdraw them"),
    Scope.CODES_READ: _("Read how many redeem codes are left"),
    Scope.RECONCILIATIONS_WRITE: _("Compare the till’s report with what was shown"),
    Scope.RECONCILIATIONS_READ: _("Read what came of comparing the till’s reports"),
    Scope.WEBHOOKS_WRITE: _("Choose which apps events are sent to"),
    Scope.WEBHOOKS_READ: _("See which apps events are sent to, and whether they arrived"),
}


class LocationForm(forms.Form):
    """`seen` says what was shown, so that nothing is written back that somebody else has changed meanwhile."""

    seen = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    name = NameField(label=pgettext_lazy("of a place or thing", "Name"), max_length=100)
    address = NameField(label=_("Address"), max_length=300, required=False)
    position = PositionField(
        label=_("Position on the map"),
        required=False,
        max_length=LONGEST_LINK,
        help_text=_(
            "Two numbers such as 56.94960, 24.10520, or a link from a map. Near this place, phones show the card "
            "automatically."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))

    holidays_everywhere = forms.BooleanField(
        required=False, label=_("Use these holidays at all other locations too, in place of theirs")
    )

    def __init__(
        self, data: QueryDict | None = None, *, hours: OpeningHours, holidays: HolidayRows, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial)
        self.hours, self.holidays = hours, holidays
        self.fields["time_zone"].choices = list_time_zones()  # type: ignore[attr-defined]

    def is_valid(self) -> bool:
        """Checks all parts, so that all mistakes are shown at once."""
        self.hours.check()
        self.holidays.check()
        return super().is_valid() and self.hours.is_clear and self.holidays.is_clear

    @property
    def draft(self) -> LocationDraft:
        """The location as the form says it."""
        given = self.cleaned_data
        return LocationDraft(
            name=given["name"],
            address=given["address"],
            time_zone=given["time_zone"],
            opening_hours=self.hours.week,
            holidays=self.holidays.holidays,
            position=given["position"],
        )


def of_location(location: Location) -> dict[str, Any]:
    """What the form shows for a location, but for its hours and holidays."""
    return {
        "name": location.name,
        "address": location.address,
        "position": write_position(position_of(location)),
        "time_zone": location.time_zone,
        "seen": marks_of(describe_location(location)),
    }


class YourShopForm(forms.Form):
    """What was said when the shop was opened, under the same rules."""

    name = NameField(
        label=_("Name of the shop"),
        max_length=60,
        help_text=_("Your customers see it on the card."),
        error_messages={"required": _("Enter the name of the shop.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    locale = forms.ChoiceField(
        label=_("Language of the shop"),
        help_text=_("You write new programs in this language first. Texts you have already written stay as they are."),
    )
    currency = forms.ChoiceField(label=_("Currency"))

    def __init__(self, *args: Any, shop: Merchant, currency_stays: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": shop.name, "locale": shop.locale, "currency": shop.currency}
        super().__init__(*args, **kwargs)
        self.fields["locale"].choices = list_locales()  # type: ignore[attr-defined]
        # A currency may go out of use after the shop was opened.
        currencies = {shop.currency: shop.currency} | dict(list_currencies())
        self.fields["currency"].choices = list(currencies.items())  # type: ignore[attr-defined]
        if currency_stays:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = currency_stays


def _limit_of_day(**words: Any) -> NumberField:
    return NumberField(min_value=1, max_value=HIGHEST, required=False, **words)


class StaffLimitsForm(forms.Form):
    most_stamps_at_once = NumberField(
        label=_("Maximum stamps at once"),
        min_value=1,
        max_value=MOST_STAMPS_AT_ONCE,
        help_text=_("Where a stamp is earned for an amount spent, one purchase can always fill a whole card."),
    )
    most_stamps_with_override = NumberField(
        label=_("Maximum stamps at once before the pause is over"),
        min_value=1,
        max_value=MOST_STAMPS_AT_ONCE,
        help_text=_("When staff confirm another purchase, or add several stamps after a scan."),
    )
    most_stamps_on_card_a_day = _limit_of_day(
        label=_("Stamps on one card in a day"),
        help_text=_("With 6, for example, a seventh stamp on the same day needs a manager."),
    )
    most_stamps_by_person_a_day = _limit_of_day(
        label=_("Stamps by one person in a day"),
        help_text=_("For example 300, more than anybody adds on your busiest day."),
    )
    most_overrides_by_person_a_day = _limit_of_day(
        label=_("How often one person stamps before the pause is over, in a day"),
        help_text=_("For example 20. “Stamp anyway”, and “+1” and “Several” after a scan, count once each."),
    )
    most_stamps_by_device_a_day = _limit_of_day(
        label=_("Stamps by one device in a day"),
        help_text=_("For example 500. It holds for each scanner, kiosk and autopilot, whoever works there."),
    )
    restoring_needs_manager = forms.BooleanField(
        required=False,
        label=_("Restoring a used voucher at the scanner needs a manager"),
        help_text=_("Otherwise whoever handed out a reward can restore the voucher for one minute."),
    )

    currency = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, shop: Merchant, **kwargs: Any) -> None:
        """The currency goes along, so that what was typed in one is never read in another."""
        allowed = offline_rewards_of(shop)
        up_to = allowed.up_to if allowed.currency == shop.currency else None
        limits = {name: getattr(shop, name) for name in ("most_stamps_at_once", "most_stamps_with_override")}
        beside = {"currency": shop.currency, "offline_rewards_up_to": show_amount(up_to, shop.currency)}
        kwargs["initial"] = limits | msgspec.structs.asdict(protection_of(shop)) | beside
        super().__init__(*args, **kwargs)
        self._currency = shop.currency
        self.fields["offline_rewards_up_to"] = AmountField(
            label=_("Staff may hand out rewards that cost you at most"),
            help_text=_(
                "You enter what one reward costs you on the program’s page, under “Costs and revenue”. Where nothing "
                "is entered, and while this field is empty, none is handed out without a connection."
            ),
            currency=shop.currency,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("offline_rewards_up_to") and self.cleaned_data.get("currency") != self._currency:
            raise forms.ValidationError(_("The currency was changed meanwhile. Please enter the amounts again."))
        return self.cleaned_data

    @property
    def offline_rewards(self) -> OfflineRewards:
        return OfflineRewards(up_to=self.cleaned_data["offline_rewards_up_to"], currency=self._currency)

    @property
    def protection(self) -> Protection:
        return Protection(**{name: self.cleaned_data[name] for name in Protection.__struct_fields__})


class MessagesForm(forms.Form):
    writes_to_customers = forms.BooleanField(
        required=False,
        label=_("I send customers messages myself"),
        help_text=_("Customers who enter an email when they join are asked whether you may send news and offers."),
    )


class ApiKeyForm(forms.Form):
    name = NameField(
        label=pgettext_lazy("of a place or thing", "Name"),
        max_length=100,
        help_text=_("What will use it, for example: till."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What can it do?"),
        choices=[(scope.value, words) for scope, words in SCOPE_WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Anyone who has a link or a code can use the vouchers behind it. A key that can only read sees no "
            "links and no codes."
        ),
        error_messages={"required": _("Tick at least one thing that the key can do.")},
    )
    location = forms.ChoiceField(label=_("Where?"), required=False)

    def __init__(self, *args: Any, locations: list[Location], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Everywhere")), *((public_id("loc", place.id), place.name) for place in locations)]
        self.fields["location"].choices = choices  # type: ignore[attr-defined]
