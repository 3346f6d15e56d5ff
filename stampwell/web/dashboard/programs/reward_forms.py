"""The part of the guided form that is about one reward: what it is, how it is handed out, when and where it holds."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypedDict

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from stampwell.ids import public_id
from stampwell.languages.formatting import format_duration, name_weekday
from stampwell.merchants.models import Location, Merchant
from stampwell.programs.limits import (
    COUNTDOWN,
    LONGEST_CODE,
    LONGEST_COUNTDOWN,
    LONGEST_NAME,
    MOST_DELAY,
    MOST_GRACE_DAYS,
    MOST_LOCATIONS,
    MOST_REMIND_DAYS,
    MOST_VALID_DAYS,
    SHORTEST_COUNTDOWN,
)
from stampwell.redeem_codes.formats import FORMATS
from stampwell.redeem_codes.pools import all_pools
from stampwell.redeem_codes.rows import PoolRow
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.hours_field import HoursField
from stampwell.web.dashboard.lookup import all_locations_of
from stampwell.web.dashboard.programs.code_fields import ASKED_ABOUT, code_field
from stampwell.web.dashboard.programs.discount_fields import check_discount, discount_fields, discount_names
from stampwell.web.dashboard.programs.forms import keep_choice, other_texts, text_fields
from stampwell.web.dashboard.programs.place_check import place_check_field
from stampwell.web.typed_fields import DayField, NumberField

PATHS = [
    ("staff_scan", _("Staff scan it")),
    ("self_redeem", _("Customers use it themselves")),
    ("redeem_code", _("The till reads a code")),
]
PATH_PROMISES = {
    "staff_scan": _("Your staff scan the voucher with a phone. It is accepted once and refused after that."),
    "self_redeem": _(
        "The customer confirms and shows a moving screen that no picture can imitate. Quick, and best for small"
        " rewards."
    ),
    "redeem_code": _(
        "For a few minutes the customer can show a code that your till already knows; after that the voucher counts as"
        " used. Whether the till accepts the code again is up to the till."
    ),
}
TYPED_CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
MOST_CODE_PLACES = 20  # whose own codes the form asks for; a program of the API may have more, and keeps them
COUNTDOWNS = range(SHORTEST_COUNTDOWN, LONGEST_COUNTDOWN + 1)
NEXT_VISIT = "next_visit"
DELAYS = [
    ("0", _("Immediately")),
    ("3600", _("After an hour")),
    ("86400", _("From the next day")),
    (NEXT_VISIT, _("From the next visit on a later day")),
]


class Offered(TypedDict):
    """What a shop can choose from in each of its rewards."""

    places: Sequence[Location]
    pools: Sequence[PoolRow]


def offered_by(merchant: Merchant) -> Offered:
    with merchant_reads(merchant.id) as tx:
        return {"places": all_locations_of(merchant), "pools": all_pools(tx)}


class RewardForm(forms.Form):
    """What the customer gets, and how it is handed out. The prefix says which milestone it belongs to."""

    called: Any = _("Reward")

    path = forms.ChoiceField(
        label=_("How is it handed out?"), choices=PATHS, widget=forms.RadioSelect, initial="staff_scan"
    )
    needs_manager = forms.BooleanField(
        label=_("Only with a manager"),
        required=False,
        help_text=_("Before it is handed out a manager enters their PIN at the scanner."),
    )
    place_check = place_check_field()
    pool = forms.ChoiceField(
        label=_("Which code?"),
        required=False,
        help_text=_("Each code of a list is for one voucher, and the till takes it once."),
    )
    code = forms.CharField(
        label=_("Code that the till knows"),
        max_length=LONGEST_CODE,
        help_text=_("Make it in your till first, for example FREECOFFEE."),
    )
    code_format = forms.ChoiceField(label=_("Shown as"), initial="qr")
    in_barcode = forms.CharField(
        label=_("What the barcode contains"),
        required=False,
        max_length=300,
        help_text=_(
            "Leave it empty if the till reads the code alone. Else write {code} in the place of the code, for example"
            " https://shop.example/discount/{code}."
        ),
    )
    countdown = forms.TypedChoiceField(
        label=_("How long is the code shown?"),
        choices=lambda: [(minutes, format_duration(timedelta(minutes=minutes))) for minutes in COUNTDOWNS],
        coerce=int,
        empty_value=None,
        required=False,
        initial=COUNTDOWN,
        help_text=_("Counted from the customer’s tap at the till. After that time the voucher counts as used."),
    )
    valid_days = NumberField(
        label=_("Valid for (days)"),
        required=False,
        min_value=1,
        max_value=MOST_VALID_DAYS,
        help_text=_("Leave it empty if the voucher never expires."),
    )
    last_day = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("No voucher for this reward can be used after this day. Leave it empty for no fixed end."),
        validators=[MaxValueValidator(date(2999, 12, 31))],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    active_after = forms.ChoiceField(label=_("When it can be used"), choices=DELAYS, required=False, initial="0")
    first_day = DayField(
        label=_("First day"),
        required=False,
        help_text=_("A voucher that is earned earlier waits until this day. Leave it empty for no wait."),
        validators=[MaxValueValidator(date(2999, 12, 31))],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    grace_days = NumberField(
        label=_("Days of grace"),
        required=False,
        min_value=1,
        max_value=MOST_GRACE_DAYS,
        help_text=_("For how many days after its end staff may still hand it out. Customers see only the end."),
    )
    remind_days_before = NumberField(
        label=_("Reminder (days before the end)"),
        required=False,
        min_value=1,
        max_value=MOST_REMIND_DAYS,
        help_text=_(
            "On that day at 10:00 the customer’s phone says that it ends soon. Leave it empty for no reminder."
        ),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these days"),
        choices=lambda: [(day, name_weekday(day - 1)) for day in range(1, 8)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for any day."),
    )
    hours = HoursField(
        label=_("At these hours"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "dir": "ltr"}),
        help_text=_("For example: 8:00-11:00, 14:00-16:00. Leave it empty for any time."),
    )
    locations = forms.MultipleChoiceField(
        label=_("At these locations"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all locations, including ones you add later."),
    )
    was = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)  # the published reward it came from

    def __init__(
        self,
        *args: Any,
        merchant: Merchant,
        places: Sequence[Location],
        pools: Sequence[PoolRow] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        self._offer_pools(pools)
        self._offer_codes(places)
        self.fields |= discount_fields(merchant.currency)
        # A closed one is offered no longer, and stays where it was chosen.
        chosen = self["locations"].value() or []
        offered = [(public_id("loc", place.id), place) for place in places]
        self.place_ids = {key: place.id for key, place in offered}
        self.fields["locations"].choices = [  # type: ignore[attr-defined]
            (key, place.name) for key, place in offered if not place.closed or key in chosen
        ]
        text_fields(self, "name", self.called, merchant.locale, max_length=LONGEST_NAME)
        self.fields["name"].widget.attrs["placeholder"] = _("For example: a free coffee")
        if self.focus in self.fields:
            self.fields[self.focus].widget.attrs["autofocus"] = True
        self.fields["code_format"].choices = [(key, form.name) for key, form in FORMATS.items()]  # type: ignore[attr-defined]
        self.fields["code"].widget.attrs |= TYPED_CODE
        self.fields["in_barcode"].widget.attrs |= TYPED_CODE | {"autocapitalize": "none", "dir": "ltr"}
        self.order_fields(["stamps", "name"])
        # They are shown only where the till reads a code, and there nobody may leave them out.
        is_of_pool = self.is_bound and self.data.get(self.add_prefix("pool"))
        if is_of_pool or (self.is_bound and self.data.get(self.add_prefix("path")) != "redeem_code"):
            self.fields["code"].required = self.fields["code_format"].required = False
        keep_choice(self, "active_after", DELAYS, most=MOST_DELAY)

    def _offer_pools(self, pools: Sequence[PoolRow]) -> None:
        """An archived one is offered no longer, and stays where it was chosen."""
        chosen = self["pool"].value()
        offered = [(public_id("cdp", pool.id), pool) for pool in pools]
        self.fields["pool"].choices = [  # type: ignore[attr-defined]
            ("", _("The same code for every voucher")),
            *((key, pool.name) for key, pool in offered if not pool.archived or key == chosen),
            (ASKED_ABOUT, _("A code for each voucher, checked here when the till asks")),
        ]

    def _offer_codes(self, places: Sequence[Location]) -> None:
        """A field for each location, where there are several and not too many to read."""
        self.code_places = [place for place in places if not place.closed]
        if not 1 < len(self.code_places) <= MOST_CODE_PLACES:
            self.code_places = []
        for place in self.code_places:
            field = forms.CharField(label=place.name, max_length=LONGEST_CODE, required=False)
            field.widget.attrs |= TYPED_CODE
            self.fields[code_field(place.id)] = field

    @property
    def codes_by_location(self) -> list[forms.BoundField]:
        return [self[code_field(place.id)] for place in self.code_places]

    @property
    def has_codes_by_location(self) -> bool:
        return any(field.value() or field.errors for field in self.codes_by_location)

    def clean(self) -> dict[str, Any]:
        check_discount(self)
        return self.cleaned_data

    def clean_locations(self) -> list[str]:
        ticked = list(dict.fromkeys(self.cleaned_data["locations"]))
        if len(ticked) > MOST_LOCATIONS:
            said = _("Tick at most %(most)s locations, or none for all of them.")
            raise ValidationError(said, params={"most": MOST_LOCATIONS})
        return ticked

    @property
    def other_names(self) -> list[forms.BoundField]:
        return other_texts(self, "name")

    @property
    def has_lists(self) -> bool:
        return any(key.startswith("cdp_") for key, _name in self.fields["pool"].choices)  # type: ignore[attr-defined]

    @property
    def focus(self) -> str:
        """The field or button that the focus goes to, after the rows of prizes were changed."""
        return str(self.initial.get("focus", ""))

    @property
    def line_of_path(self) -> str:
        return f"{self.prefix}-path-said"

    @property
    def line_of_time(self) -> str:
        return f"{self.prefix}-time-said"

    @property
    def line_of_discount(self) -> str:
        return f"{self.prefix}-discount-said"

    @property
    def has_discount_errors(self) -> bool:
        return any(self[name].errors for name in discount_names(self))

    @property
    def line_of_limits(self) -> str:
        return f"{self.prefix}-limits-said"

    @property
    def asks_where(self) -> bool:
        """A shop of one location has nothing to choose."""
        return len(self.fields["locations"].choices) > 1 or bool(self["locations"].value())  # type: ignore[attr-defined]
