"""One customer at the desk: who they are, what they have, what happened; and correcting what is known of them."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.cards.correcting import change_customer
from stampwell.customers.changing import CustomerChangedMeanwhile
from stampwell.ids import wanted_id
from stampwell.journal.history import history_of_cards
from stampwell.web.dashboard.customers.forms import CustomerForm
from stampwell.web.dashboard.customers.profile import show_customer
from stampwell.web.dashboard.desk import Desk, for_everyone, for_managers
from stampwell.web.dashboard.form_keys import Said, new_key, refused


@require_safe
@for_everyone
def customer_page(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    return show_page(request, desk, wanted_id("cus", customer))


def show_page(request: HttpRequest, desk: Desk, customer_id: UUID, refused: Said | None = None) -> HttpResponse:
    shown = show_customer(desk.merchant, customer_id, mails_before=request.GET.get("emails", ""))
    context = {
        "desk": desk,
        "here": "cards",
        "customer": shown,
        "history": history_of_cards(desk.merchant, shown.card_ids, before=request.GET.get("before", "")),
        "refused": refused,
        "typed": request.POST,  # what was refused stands in its form again
        "once": new_key(),
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, "dashboard/customer.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def edit_customer(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    """Who changes it sees what they change: if somebody else was faster, the form is shown once more."""
    customer_id = wanted_id("cus", customer)
    shown = show_customer(desk.merchant, customer_id)
    form = CustomerForm(request.POST if request.method == "POST" else None, shop=desk.merchant, customer=shown)
    context = {"desk": desk, "here": "cards", "customer": shown, "form": form}
    if not (form.is_bound and form.is_valid()):
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "dashboard/customer_form.html", context, status=status)
    try:
        change_customer(
            desk.merchant, customer_id, form.change, actor=desk.actor(), seen=form.cleaned_data["seen"] or "-"
        )
    except CustomerChangedMeanwhile as refusal:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["seen"] = shown.state  # type: ignore[index]
        context |= {"refused": refused(desk, refusal)}
        return render(request, "dashboard/customer_form.html", context, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("customer", customer)
