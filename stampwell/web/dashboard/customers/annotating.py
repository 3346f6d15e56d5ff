"""Tags and notes: what owners and managers write about a customer for themselves."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stampwell.customers.noting import add_note, remove_note
from stampwell.customers.tagging import tag_customer
from stampwell.ids import public_id, wanted_id
from stampwell.web.dashboard.customers.pages import show_page
from stampwell.web.dashboard.desk import Desk, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once


@require_POST
@for_managers
def save_tags(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    customer_id = wanted_id("cus", customer)

    def act() -> Said:
        tag_customer(desk.merchant, customer_id, request.POST.get("tags", ""))
        return Said(_("Saved."))

    return _do(request, desk, customer_id, act)


@require_POST
@for_managers
def write_note(request: HttpRequest, desk: Desk, customer: str) -> HttpResponse:
    customer_id = wanted_id("cus", customer)

    def act() -> Said:
        add_note(desk.merchant, customer_id, request.POST.get("note", ""), staff_member_id=desk.member.id)
        return Said(_("Saved."))

    return _do(request, desk, customer_id, act)


@require_POST
@for_managers
def remove_written(request: HttpRequest, desk: Desk, customer: str, note: str) -> HttpResponse:
    customer_id, note_id = wanted_id("cus", customer), wanted_id("cno", note)

    def act() -> Said:
        remove_note(desk.merchant, customer_id, note_id)
        return Said(_("The note was removed."))

    return _do(request, desk, customer_id, act)


def _do(request: HttpRequest, desk: Desk, customer_id: UUID, act: Callable[[], Said]) -> HttpResponse:
    """Refuses: NotFound, before anything is written about another shop's customer."""
    said = do_once(request, desk, act)
    if not said.done:
        return show_page(request, desk, customer_id, said)
    messages.success(request, said.text)
    return redirect("customer", public_id("cus", customer_id))
