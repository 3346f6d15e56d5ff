"""What an owner sets of a device on which nobody stands: at the desk, and at the kiosk itself."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from stampwell.merchants.models import Station
from stampwell.merchants.station_rules import StationRules


class KioskRulesForm(forms.Form):
    pause = forms.IntegerField(
        label=_("Minutes between two stamps on one card"),
        min_value=0,
        max_value=1440,
        help_text=_("Nobody watches the kiosk, so the same card has to wait here. Staff can stamp it earlier."),
    )
    most_a_day = forms.IntegerField(
        label=_("Most stamps a day on one card"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("Empty: only the limit of the program holds."),
    )
    shows_code = forms.BooleanField(
        label=_("The code on the screen also gives stamps"),
        required=False,
        help_text=_(
            "Customers scan it with their own phone instead of holding up their card. It changes every 15 seconds, "
            "and a picture of it is worth nothing after 30."
        ),
    )

    @classmethod
    def of(cls, station: Station, data: Mapping[str, Any] | None = None) -> Self:
        return cls(
            data,
            initial={
                "pause": station.pause_seconds // 60,
                "most_a_day": station.most_a_day,
                "shows_code": station.shows_code,
            },
        )

    def rules(self) -> StationRules:
        given = self.cleaned_data
        return StationRules(
            pause_seconds=given["pause"] * 60, most_a_day=given["most_a_day"], shows_code=given["shows_code"]
        )


class AutopilotRulesForm(forms.Form):
    hands_over = forms.BooleanField(
        label=_("A scanned voucher is used at once"),
        required=False,
        help_text=_(
            "Whoever scans it at the till hands out the reward. Otherwise the autopilot only says that it is ready."
        ),
    )

    @classmethod
    def of(cls, station: Station, data: Mapping[str, Any] | None = None) -> Self:
        return cls(data, initial={"hands_over": station.hands_over})

    def rules(self) -> StationRules:
        return StationRules(hands_over=self.cleaned_data["hands_over"])


RULES_FORMS: dict[Station.Kind, type[KioskRulesForm | AutopilotRulesForm]] = {
    Station.Kind.KIOSK: KioskRulesForm,
    Station.Kind.AUTOPILOT: AutopilotRulesForm,
}
