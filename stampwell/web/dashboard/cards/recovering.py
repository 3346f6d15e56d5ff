"""A card whose phone or paper is lost is moved to a new link, and the new link is handed to its customer."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.cards.recovering import recover_card
from stampwell.ids import wanted_id
from stampwell.redeem_codes.formats import draw_qr
from stampwell.web.dashboard.cards.view import show_card
from stampwell.web.dashboard.desk import Desk, for_everyone, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def recovery_page(request: HttpRequest, desk: Desk, card: str) -> HttpResponse:
    """What it does, and a button. Refuses: NotFound, before anything is written about another shop's card."""
    card_id = wanted_id("crd", card)
    shown = show_card(desk.merchant, card_id)

    def act() -> Said:
        recover_card(desk.merchant, card_id, actor=desk.actor())
        return Said(_("The card has been moved. The old link and codes no longer work."))

    said = do_once(request, desk, act) if request.method == "POST" else None
    if said and said.done:
        messages.success(request, said.text)
        return redirect("card_link", card)
    context = {"desk": desk, "here": "cards", "card": shown, "refused": said, "once": new_key()}
    return render(
        request, "dashboard/card_recovery.html", context, status=HTTPStatus.CONFLICT if said else HTTPStatus.OK
    )


@require_safe
@for_everyone
def link_page(request: HttpRequest, desk: Desk, card: str) -> HttpResponse:
    """The customer's link as a code, for the camera of their phone."""
    shown = show_card(desk.merchant, wanted_id("crd", card))
    context = {
        "desk": desk,
        "here": "cards",
        "card": shown,
        "qr": mark_safe(draw_qr(shown.web_url)),  # noqa: S308 - drawn by us from our own link
    }
    return render(request, "dashboard/card_link.html", context)
