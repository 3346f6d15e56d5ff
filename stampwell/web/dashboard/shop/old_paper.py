"""Whether stamps of old paper cards are taken over at the scanner, and how many: set by the owner."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stampwell.cards.paper_rules import MOST_A_DAY, MOST_STAMPS, change_paper_rules, read_paper_rules
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.typed_fields import NumberField

A_DAY = 20  # where the owner has not said anything else


class OldPaperForm(forms.Form):
    most_stamps = NumberField(
        label=gettext_lazy("Most stamps from one old card"),
        min_value=0,
        max_value=MOST_STAMPS,
        help_text=gettext_lazy("0 means that no old cards are taken over. An old card never fills a new one."),
    )
    most_a_day = NumberField(
        label=gettext_lazy("Old cards by one person a day"),
        min_value=1,
        max_value=MOST_A_DAY,
        help_text=gettext_lazy("After that, a colleague or a manager has to help."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
@confirmed(back="old_paper")
def old_paper_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    with merchant_reads(desk.merchant.id) as tx:
        rules = read_paper_rules(tx)
    initial = {"most_stamps": rules.most_stamps if rules else 0, "most_a_day": rules.most_a_day if rules else A_DAY}
    form = OldPaperForm(request.POST if request.method == "POST" else None, initial=initial)
    if not (form.is_bound and form.is_valid()):
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"desk": desk, "here": "settings", "form": form}
        return render(request, "dashboard/old_paper.html", context, status=status)
    change_paper_rules(desk.merchant, **form.cleaned_data, actor=desk.actor())
    messages.success(request, _("Saved."))
    return redirect("settings")
