"""What a reward costs and a visit brings: entered once, for the figures."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.ids import wanted_id
from stampwell.programs.offering import program_name
from stampwell.programs.pricing import Prices, price_program, prices_of
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import terms_of
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.money import AmountField, show_amount


class PricesForm(forms.Form):
    """The currency goes along, so that what was typed in one is never read in another."""

    currency = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, currency: str, prices: Prices) -> None:
        shown = prices if prices.currency == currency else Prices()
        initial = {
            "currency": currency,
            "reward_cost": show_amount(shown.reward_cost, currency),
            "visit_value": show_amount(shown.visit_value, currency),
        }
        super().__init__(data, initial=initial)
        self._currency = currency
        self.fields["reward_cost"] = AmountField(
            label=gettext_lazy("What one reward costs you"),
            help_text=gettext_lazy("What it costs you. If there are several rewards, enter the average."),
            currency=currency,
            required=False,
        )
        self.fields["visit_value"] = AmountField(
            label=gettext_lazy("What one visit brings in on average"),
            help_text=gettext_lazy("Used for visits where nobody entered an amount."),
            currency=currency,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("currency") != self._currency:
            raise forms.ValidationError(_("The currency was changed meanwhile. Please enter the amounts again."))
        return self.cleaned_data

    def prices(self) -> Prices:
        given = self.cleaned_data
        return Prices(reward_cost=given["reward_cost"], visit_value=given["visit_value"], currency=self._currency)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def prices_page(request: HttpRequest, desk: Desk, program: str) -> HttpResponse:
    found = find_program(desk.merchant, wanted_id("prg", program))
    terms = terms_of(desk.merchant.id, found.current_version_id)
    data = request.POST if request.method == "POST" else None
    form = PricesForm(data, currency=terms.currency, prices=prices_of(found))
    if form.is_bound and form.is_valid():
        price_program(desk.merchant, found.id, form.prices(), actor=desk.actor())
        messages.success(request, _("Saved."))
        return redirect("figures")
    context = {
        "desk": desk,
        "here": "programs",
        "program_id": program,
        "name": program_name(terms),
        "currency": terms.currency,
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/program_prices.html", context, status=status)
