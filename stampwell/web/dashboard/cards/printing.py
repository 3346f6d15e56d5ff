"""A card for a customer without a phone: made at the desk, printed on whatever printer stands there."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.cards.issuing import issue_card
from stampwell.clock import now
from stampwell.counter.made_here import is_made_by
from stampwell.customers.joining import ContactDetails
from stampwell.ids import public_id, wanted_id
from stampwell.programs.course import why_no_new_card
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import terms_of
from stampwell.transactions import merchant_reads
from stampwell.web.dashboard.cards.new_card import NewCardForm
from stampwell.web.dashboard.cards.view import show_card
from stampwell.web.dashboard.desk import Desk, NotAllowedHere, for_everyone
from stampwell.web.dashboard.form_keys import Said, do_once, new_key
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.printed_cards import PAPER_WORDS, PAPERS, print_card


@require_http_methods(["GET", "HEAD", "POST"])
@for_everyone
def new_card(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = NewCardForm(request.POST if request.method == "POST" else None, shop=desk.merchant)
    if not (form.is_bound and form.is_valid()):
        return _ask(request, desk, form, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK)
    said = do_once(request, desk, lambda: _issue(desk, form.cleaned_data))
    if said.made is None:
        return _ask(request, desk, form, HTTPStatus.CONFLICT, said)
    messages.success(request, said.text)
    return redirect("print_card", public_id("crd", said.made))


@require_safe
@for_everyone
def print_page(request: HttpRequest, desk: Desk, card: str) -> HttpResponse:
    """The papers that a card can be printed on. Refuses: NotFound, NotAllowedHere."""
    _refuse_strange(desk, wanted_id("crd", card))
    shown = show_card(desk.merchant, wanted_id("crd", card))
    context = {
        "desk": desk,
        "here": "cards",
        "card": shown,
        "papers": [(paper, PAPER_WORDS[paper]) for paper in PAPERS],
    }
    return render(request, "dashboard/card_print.html", context)


@require_safe
@for_everyone
def printed_card(request: HttpRequest, desk: Desk, card: str, paper: str) -> HttpResponse:
    """Refuses: NotFound, NotAllowedHere, CardVoid."""
    _refuse_strange(desk, wanted_id("crd", card))
    locale = request.GET.get("language", "")
    file = print_card(desk.merchant, wanted_id("crd", card), paper=paper, locale=locale)
    return as_file(file.pdf, "application/pdf", file.name)


def _refuse_strange(desk: Desk, card_id: UUID) -> None:
    """Whoever has a print-out may take the card over: so a cashier prints what they made themselves, for an hour.

    Refuses: NotFound, NotAllowedHere.
    """
    if desk.manages:
        return
    with merchant_reads(desk.merchant.id) as tx:
        if not is_made_by(tx, card_id, desk.member.id, at=now()):
            raise NotAllowedHere


def _ask(
    request: HttpRequest, desk: Desk, form: NewCardForm, status: HTTPStatus, refused: Said | None = None
) -> HttpResponse:
    context = {"desk": desk, "here": "cards", "form": form, "refused": refused, "once": new_key()}
    return render(request, "dashboard/new_card.html", context, status=status)


def _issue(desk: Desk, wanted: dict[str, str]) -> Said:
    """Refuses: NotFound, ProgramClosed, JoiningPaused."""
    program = find_program(desk.merchant, wanted_id("prg", wanted["program"]))
    if refusal := why_no_new_card(program, now()):
        raise refusal
    issued = issue_card(
        desk.merchant,
        terms_of(desk.merchant.id, program.current_version_id),
        locale=wanted["locale"],
        actor=desk.actor(),
        details=ContactDetails(name=wanted["name"]),
    )
    return Said(_("The card is there. Print it, and give it to the customer."), made=issued.card.id)
