"""Whether customers are asked for their consent to messages, set by the owner."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stampwell.merchants.changing import change_messages
from stampwell.web.dashboard.desk import Desk, for_owners
from stampwell.web.dashboard.shop.forms import MessagesForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def messages_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    now_so = {"writes_to_customers": desk.merchant.writes_to_customers}
    form = MessagesForm(request.POST if request.method == "POST" else None, initial=now_so)
    if not (form.is_bound and form.is_valid()):
        return render(request, "dashboard/messages.html", {"desk": desk, "here": "settings", "form": form})
    change_messages(desk.merchant, **form.cleaned_data, actor=desk.actor())
    messages.success(request, _("Saved."))
    return redirect("settings")
