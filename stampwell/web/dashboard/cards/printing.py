"""A card for a customer without a phone: made at the desk, printed on whatever printer stands there."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_url
from stampwell.cards.numbers import group_digits
from stampwell.cards.refusals import CardVoid
from stampwell.cards.rows import CardRow, read_card
from stampwell.clock import now
from stampwell.customers.describing import KnownCustomer, read_customer
from stampwell.customers.joining import ContactDetails
from stampwell.ids import public_id, wanted_id
from stampwell.languages.offered import is_offered
from stampwell.languages.texts import language_of_text, text_in
from stampwell.merchants.models import Merchant
from stampwell.programs.course import why_no_new_card
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound
from stampwell.transactions import merchant_transaction
from stampwell.web.dashboard.cards.new_card import NewCardForm
from stampwell.web.dashboard.cards.view import show_card
from stampwell.web.dashboard.desk import Desk, for_everyone
from stampwell.web.dashboard.form_keys import Said, do_once, new_key
from stampwell.web.dashboard.programs.files import as_file
from stampwell.web.printed_cards import PAPERS, PrintedCard, draw_printed_card

# As whoever stands at the printer calls them.
PAPER_WORDS: dict[str, str | Promise] = {
    "a4": "A4",
    "receipt": gettext_lazy("Receipt, 80 mm"),
    "small-receipt": gettext_lazy("Receipt, 58 mm"),
    "label": gettext_lazy("Label, 62 mm"),
}


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
    """The papers that a card can be printed on."""
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
    """In the card's language unless `language` says otherwise. Refuses: NotFound, CardVoid."""
    with merchant_transaction(desk.merchant.id) as tx:
        row, _open = read_card(tx, wanted_id("crd", card))
        customer = read_customer(tx, row.customer_id)
    locale = request.GET.get("language", "") or row.locale
    if paper not in PAPERS or not is_offered(locale):
        raise NotFound
    if row.state != "active":
        raise CardVoid
    pdf = draw_printed_card(_as_printed(desk.merchant, row, customer, locale), locale, paper=paper)
    return as_file(pdf, "application/pdf", f"card-{row.short_number}-{paper}.pdf")


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


def _as_printed(merchant: Merchant, card: CardRow, customer: KnownCustomer, locale: str) -> PrintedCard:
    terms = terms_of(merchant.id, card.version_id)
    return PrintedCard(
        shop=merchant.name,
        program=text_in(terms.name, locale, terms.locale),
        program_locale=language_of_text(terms.name, locale, terms.locale),
        holder=customer.name,
        number=group_digits(card.short_number),
        url=card_url(merchant.slug, card.id, card.issue),
    )
