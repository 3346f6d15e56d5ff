"""The pages of cards: the list, and one card with everything that can be done to it by hand."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.journal.history import history_of_cards
from stampwell.programs.course import why_no_stamps
from stampwell.web.dashboard.cards import acts
from stampwell.web.dashboard.cards.listing import read_listing
from stampwell.web.dashboard.cards.view import show_card
from stampwell.web.dashboard.desk import Desk, for_everyone, for_managers
from stampwell.web.dashboard.form_keys import Said, do_once, new_key
from stampwell.web.dashboard.journal.line_page import draw_line
from stampwell.web.dashboard.lookup import last_place_of, locations_of


@require_safe
@for_everyone
def list_cards(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who typed words that fit one card alone is shown that card."""
    listing = read_listing(desk.merchant, request.GET, with_tags=desk.manages)
    if "typed" in request.GET and listing.words and listing.is_first and len(listing.page.cards) == 1:
        return redirect("desk_card", listing.page.cards[0].id)
    return render(request, "dashboard/cards.html", {"desk": desk, "here": "cards", "list": listing})


@require_safe
@for_everyone
def card_page(request: HttpRequest, desk: Desk, card: str) -> HttpResponse:
    return _show(request, desk, wanted_id("crd", card))


def _show(request: HttpRequest, desk: Desk, card_id: UUID, refused: Said | None = None) -> HttpResponse:
    card = show_card(desk.merchant, card_id)
    before = request.POST.get("before") or request.GET.get("before", "")  # the part of the history that was looked at
    context = {
        "desk": desk,
        "here": "cards",
        "card": card,
        "stop": why_no_stamps(desk.merchant, wanted_id("prg", card.program_id), now()),
        "history": history_of_cards(desk.merchant, [card_id], before=before),
        "before": before,
        "locations": locations_of(desk.merchant),
        "place": request.POST.get("location") or last_place_of(desk.merchant, card_id),
        "refused": refused,
        "typed": request.POST,  # what was refused stands in its form again
        "once": new_key(),
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, "dashboard/card.html", context, status=status)


@require_POST
@for_everyone
def stamp_card(request: HttpRequest, desk: Desk, card: str) -> HttpResponse:
    card_id = _known(desk, card)
    return _do(request, desk, card_id, acts.stamping(request, desk, card_id))


@require_POST
@for_managers
def undo_stamp(request: HttpRequest, desk: Desk, card: str, stamp: str) -> HttpResponse:
    card_id = _known(desk, card)
    return _do(request, desk, card_id, acts.undoing(request, desk, card_id, stamp))


@require_POST
@for_everyone
def hand_out(request: HttpRequest, desk: Desk, card: str, voucher: str) -> HttpResponse:
    card_id = _known(desk, card)
    return _do(request, desk, card_id, acts.handing_out(request, desk, card_id, voucher))


@require_POST
@for_managers
def give_voucher(request: HttpRequest, desk: Desk, card: str) -> HttpResponse:
    card_id = _known(desk, card)
    return _do(request, desk, card_id, acts.giving(request, desk, card_id))


@require_POST
@for_managers
def extend(request: HttpRequest, desk: Desk, card: str, voucher: str) -> HttpResponse:
    card_id = _known(desk, card)
    return _do(request, desk, card_id, acts.extending(request, desk, card_id, voucher))


@require_POST
@for_managers
def take_back(request: HttpRequest, desk: Desk, card: str, redemption: str) -> HttpResponse:
    card_id = _known(desk, card)
    return _do(request, desk, card_id, acts.taking_back(request, desk, card_id, redemption))


def _known(desk: Desk, card: str) -> UUID:
    """Refuses: NotFound, before anything is written about a card that is not this merchant's."""
    card_id = wanted_id("crd", card)
    show_card(desk.merchant, card_id)
    return card_id


def _do(request: HttpRequest, desk: Desk, card_id: UUID, act: acts.Act) -> HttpResponse:
    said = do_once(request, desk, act)
    line = _line_of(request)
    if not said.done:
        return _show(request, desk, card_id, said) if line is None else draw_line(request, desk, line, said)
    messages.success(request, said.text)
    if line is None:
        return redirect("desk_card", public_id("crd", card_id))
    return redirect("journal_line", line)


def _line_of(request: HttpRequest) -> int | None:
    """The line of the journal that it was asked for in: there one comes back to, otherwise to the card."""
    line = request.POST.get("line", "")
    return int(line) if line.isascii() and line.isdigit() and len(line) < 19 else None
