"""Whether customers who do not come any more are deleted, and how many that concerns: set by the owner."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.cards.inactivity import MOST_COUNTED, count_customers, count_inactive
from stampwell.clock import now
from stampwell.customers.retention import MONTHS, change_retention, read_retention
from stampwell.languages.formatting import format_number
from stampwell.transactions import Statements, merchant_reads
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.desk import Desk, for_owners

NEVER = ""


class RetentionForm(forms.Form):
    months = forms.ChoiceField(label=gettext_lazy("When are they deleted?"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> int | None:
        return int(self.cleaned_data["months"]) if self.cleaned_data["months"] else None


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
@confirmed(back="retention")
def retention_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    with merchant_reads(desk.merchant.id) as tx:
        retention = read_retention(tx)
        choices = [(NEVER, _("Never")), *_choices(tx)]
    initial = {"months": str(retention.months) if retention else NEVER}
    form = RetentionForm(request.POST if request.method == "POST" else None, initial=initial, choices=choices)
    if form.is_bound and form.is_valid():
        change_retention(desk.merchant, form.wanted, actor=desk.actor())
        messages.success(request, _("Saved."))
        return redirect("settings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "dashboard/retention.html", {"desk": desk, "here": "settings", "form": form}, status=status)


def _choices(tx: Statements) -> Iterator[tuple[str, str]]:
    """Each with how many customers it would concern today."""
    at, customers = now(), format_number(count_customers(tx))
    for months in MONTHS:
        count = count_inactive(tx, months=months, at=at)
        facts = {"months": months, "count": format_number(min(count, MOST_COUNTED)), "customers": customers}
        if count > MOST_COUNTED:
            yield str(months), _("After %(months)s months (today: more than %(count)s of %(customers)s)") % facts
        else:
            yield str(months), _("After %(months)s months (today: %(count)s of %(customers)s)") % facts
