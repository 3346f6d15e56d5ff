"""What is asked for new receipt codes."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stampwell.clock import now
from stampwell.ids import wanted_id
from stampwell.merchants.local_time import end_of_day, local_day
from stampwell.merchants.models import Merchant
from stampwell.receipts.choosing import amounts_of, programs_with_stamps
from stampwell.receipts.making import BATCH_LASTS, DAILY_LIMIT, LONGEST, LONGEST_NAME, MOST_A_DAY, MOST_IN_BATCH, Wanted
from stampwell.web.dashboard.money import AmountField
from stampwell.web.typed_fields import DayField, NameField, NumberField

USUAL_SIZE = 96  # four sheets of A4


class ReceiptCodesForm(forms.Form):
    name = NameField(
        max_length=LONGEST_NAME,
        label=_("What are the codes for?"),
        help_text=_("Only you see this, for example “Delivery bags, spring”."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    program = forms.ChoiceField(label=_("Program"))
    size = NumberField(label=_("Number of codes"), min_value=1, max_value=MOST_IN_BATCH, initial=USUAL_SIZE)
    last_day = DayField(label=_("Valid until the end of"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    daily_limit = NumberField(
        label=_("Codes for one customer a day, at most"),
        help_text=_("So that nobody collects a whole roll at once."),
        min_value=1,
        max_value=MOST_A_DAY,
        initial=DAILY_LIMIT,
    )

    def __init__(self, data: Any = None, *, shop: Merchant) -> None:
        self._shop, self._today = shop, local_day(shop, now())
        super().__init__(data, initial={"last_day": self._today + BATCH_LASTS})
        self.fields["program"].choices = programs_with_stamps(shop)  # type: ignore[attr-defined]
        self.fields["stamps"] = NumberField(
            label=_("Stamps for one code"), min_value=1, max_value=shop.most_stamps_at_once, initial=1
        )
        self._amounts = amounts_of(shop)
        if self._amounts:
            self.fields["amount"] = AmountField(
                currency=self._amounts.currency,
                required=False,
                label=_("Or a purchase of"),
                help_text=_("If you enter an amount, the number of stamps above does not count."),
            )
        self.order_fields(["name", "program", "size", "stamps", "amount", "last_day", "daily_limit"])

    def clean_amount(self) -> int | None:
        amount: int | None = self.cleaned_data["amount"]
        if amount and self._amounts and self.cleaned_data.get("program") not in self._amounts.programs:
            raise ValidationError(_("Stamps of this program do not depend on the amount. Leave this field empty."))
        return amount

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if not self._today <= day < self._today + LONGEST:
            raise ValidationError(_("Choose a day from today on, at most three years ahead."))
        return day

    @property
    def expires(self) -> datetime:
        return end_of_day(self._shop, self.cleaned_data["last_day"])

    def wanted(self) -> Wanted:
        """Refuses: NotFound."""
        given = self.cleaned_data
        return Wanted(
            program_id=wanted_id("prg", given["program"]),
            count=None if given.get("amount") else given["stamps"],
            amount=given.get("amount"),
            expires=self.expires,
            daily_limit=given["daily_limit"],
        )
