"""What a customer may ask of the shop: to see everything that is known of them, and to be forgotten."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.cards.erasing import erase_customer
from stampwell.cards.exporting import export_customer
from stampwell.ids import wanted_id
from stampwell.web.dashboard.confirming import confirmed
from stampwell.web.dashboard.customers.profile import show_customer
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key


@require_safe
@for_managers
@confirmed(back="export_customer")
def export_page(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    """A file for the customer. Refuses: NotFound."""
    exported = export_customer(desk.merchant, wanted_id("cus", customer))
    text = msgspec.json.format(msgspec.json.encode(exported), indent=2)
    headers = {"Content-Disposition": f'attachment; filename="{customer}.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
@confirmed(back="erase_customer")
def erasure_page(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    """What is lost, and a button. Refuses: NotFound."""
    customer_id = wanted_id("cus", customer)

    def act() -> Said:
        erase_customer(desk.merchant, customer_id, actor=desk.actor())
        return Said(_("The customer’s data has been deleted."))

    said = do_once(request, desk, act) if request.method == "POST" else None
    if said and said.done:
        messages.success(request, said.text)
        return redirect("cards")
    shown = show_customer(desk.merchant, customer_id)
    cards = [card for card in shown.cards if card.state == "active"]
    context = {
        "desk": desk,
        "here": "cards",
        "customer": shown,
        "cards": len(cards),
        "rewards": sum(card.ready for card in cards),
        "refused": said,
        "once": new_key(),
    }
    status = HTTPStatus.CONFLICT if said else HTTPStatus.OK
    return render(request, "dashboard/customer_erasure.html", context, status=status)
