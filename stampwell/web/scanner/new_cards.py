"""A card for a customer who has none: made by staff, then opened by the customer's own phone, or printed.

The link opens the card for whoever has it, so it is shown by the device that made the card, and for an hour.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.cards.honouring import may_honour_paper
from stampwell.cards.issuing import issue_card
from stampwell.cards.links import card_url
from stampwell.cards.numbers import group_digits
from stampwell.cards.rows import CardRow
from stampwell.clock import new_id, now
from stampwell.counter.made_here import read_card_made_here
from stampwell.customers.contact import LONGEST_NAME
from stampwell.customers.joining import ContactDetails
from stampwell.ids import public_id, wanted_id
from stampwell.languages.explaining import explain
from stampwell.languages.offered import name_language, offered_locales
from stampwell.merchants.models import Merchant
from stampwell.programs.course import programs_to_join, why_no_new_card
from stampwell.programs.offering import program_name
from stampwell.programs.publishing import find_program
from stampwell.programs.terms import terms_of
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import Kind, Refusal
from stampwell.requests.limits import count_attempt
from stampwell.transactions import merchant_reads
from stampwell.web.printed_cards import PAPER_WORDS, PAPERS, print_card
from stampwell.web.refusals import status_of
from stampwell.web.scanner.guarding import on_shift
from stampwell.web.scanner.once import made_once
from stampwell.web.scanner.presence import Shift
from stampwell.web.typed_fields import NameField
from stampwell.web.visitors import keep_private

MOST_MADE, WITHIN = 60, timedelta(minutes=10)  # of one device: more than a queue, less than a stack


class NewCustomerForm(forms.Form):
    program = forms.ChoiceField(label=_("Program"))
    name = NameField(
        required=False,
        max_length=LONGEST_NAME,
        label=_("Name of the customer"),
        help_text=_("It is printed on the card, and the card can be found by it."),
        widget=forms.TextInput({"autocomplete": "off", "enterkeyhint": "done"}),
    )
    locale = forms.ChoiceField(label=_("Language"), help_text=_("The card is written in this language."))

    def __init__(self, data: Any = None, *, shop: Merchant) -> None:
        super().__init__(data, initial={"locale": shop.locale})
        programs = programs_to_join(shop)
        self.fields["program"].choices = programs  # type: ignore[attr-defined]
        if len(programs) == 1:
            self.fields["program"].widget = forms.HiddenInput()
            self.fields["program"].initial = programs[0][0]
        self.fields["locale"].choices = [(one, name_language(one)) for one in offered_locales()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@on_shift
def make(request: HttpRequest, shift: Shift) -> HttpResponse:
    form = NewCustomerForm(request.POST if request.method == "POST" else None, shop=shift.merchant)
    if not (form.is_bound and form.is_valid()):
        return _ask(request, shift, form, 422 if form.is_bound else 200)
    try:
        count_attempt(f"new-card:{shift.counter.station.id}", most=MOST_MADE, within=WITHIN)
        wanted = form.cleaned_data
        made = made_once(request, shift, "new-card", lambda: _issue(shift, wanted), str(sorted(wanted.items())))
    except Refusal as refusal:
        if refusal.kind is Kind.NOT_FOUND:
            raise
        return _ask(request, shift, form, status_of(refusal), refusal)
    return redirect("scanner_new_card", made)


@require_safe
@on_shift
def show(request: HttpRequest, shift: Shift, card_id: str) -> HttpResponse:
    """The code for the customer's phone, and the papers."""
    card = _find(shift, wanted_id("crd", card_id))
    context = {
        "shift": shift,
        "card_id": card_id,
        "program": program_name(terms_of(shift.merchant.id, card.version_id)),
        "number": group_digits(card.short_number),
        "code": draw_qr(card_url(shift.merchant.slug, card.id, card.issue)),
        "papers": [(paper, PAPER_WORDS[paper]) for paper in PAPERS],
        "takes_old_paper": may_honour_paper(shift.merchant, card, at=now()),
    }
    return keep_private(render(request, "scanner/new_card.html", context))


@require_safe
@on_shift
def print_paper(request: HttpRequest, shift: Shift, card_id: str, paper: str) -> HttpResponse:
    """Opened by whatever the device shows a PDF with, which also prints it. Refuses: NotFound."""
    card = _find(shift, wanted_id("crd", card_id))
    file = print_card(shift.merchant, card.id, paper=paper)
    headers = {"Content-Disposition": f'inline; filename="{file.name}"'}
    return keep_private(HttpResponse(file.pdf, content_type="application/pdf", headers=headers))


def _issue(shift: Shift, wanted: dict[str, str]) -> str:
    """Refuses: ProgramClosed, JoiningPaused, LocationClosed."""
    program = find_program(shift.merchant, wanted_id("prg", wanted["program"]))
    if refusal := why_no_new_card(program, now()):
        raise refusal
    issued = issue_card(
        shift.merchant,
        terms_of(shift.merchant.id, program.current_version_id),
        locale=wanted["locale"],
        actor=shift.actor,
        details=ContactDetails(name=wanted["name"]),
    )
    return public_id("crd", issued.card.id)


def _find(shift: Shift, card_id: UUID) -> CardRow:
    """Refuses: NotFound."""
    with merchant_reads(shift.merchant.id) as tx:
        return read_card_made_here(tx, card_id, shift.counter.station.id, at=now())


def _ask(
    request: HttpRequest, shift: Shift, form: NewCustomerForm, status: int, refusal: Refusal | None = None
) -> HttpResponse:
    said = explain(refusal, shift.counter.zone, at=now()) if refusal else None
    context = {"shift": shift, "form": form, "said": said, "key": new_id().hex}
    return render(request, "scanner/new_customer.html", context, status=status)
