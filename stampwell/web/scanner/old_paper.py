"""An old paper card: staff take its stamps over onto the customer's new card, once, and can undo it for a minute."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stampwell.cards.honouring import LONGEST_REASON, honour_paper, why_no_paper
from stampwell.cards.numbers import group_digits
from stampwell.cards.paper_rules import MOST_STAMPS
from stampwell.cards.rows import StampRow, read_card, read_stamp
from stampwell.cards.undoing import SCANNER_UNDO, is_reversed, undo_stamp
from stampwell.clock import new_id, now
from stampwell.ids import public_id, wanted_id
from stampwell.languages.explaining import explain
from stampwell.programs.offering import program_name
from stampwell.programs.terms import terms_of
from stampwell.refusal import Kind, NotFound, Refusal
from stampwell.transactions import merchant_reads
from stampwell.web.refusals import status_of
from stampwell.web.scanner.acts import say_mistake
from stampwell.web.scanner.guarding import on_shift
from stampwell.web.scanner.once import made_once
from stampwell.web.scanner.panels import words_for_customer
from stampwell.web.scanner.presence import Shift
from stampwell.web.stations.progress import see_progress
from stampwell.web.typed_fields import NameField, NumberField


class OldPaperForm(forms.Form):
    count = NumberField(label=_("Stamps on the old card"), min_value=1, max_value=MOST_STAMPS)
    reason = NameField(
        max_length=LONGEST_REASON,
        label=_("What does the old card look like?"),
        help_text=_("For example: green card of last year, now torn up. The owner reads it."),
        widget=forms.TextInput({"autocomplete": "off", "enterkeyhint": "done"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@on_shift
def take_over(request: HttpRequest, shift: Shift, card_id: str) -> HttpResponse:
    """Asks how many stamps are on the old card and takes them over; or says why that cannot be."""
    known_id = wanted_id("crd", card_id)
    form = OldPaperForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _ask(request, shift, known_id, form, 200, _why_not(shift, known_id))
    if not form.is_valid():
        return _ask(request, shift, known_id, form, 422)

    def act() -> str:
        count, reason = form.cleaned_data["count"], form.cleaned_data["reason"]
        taken = honour_paper(shift.merchant, known_id, count, reason=reason, actor=shift.actor)
        return public_id("stp", taken.stamp.id)

    try:
        stamp_id = made_once(request, shift, "old-paper", act, card_id, str(sorted(form.cleaned_data.items())))
    except Refusal as refusal:
        return _ask(request, shift, known_id, form, status_of(refusal), refusal)
    return redirect("scanner_old_paper_taken", stamp_id)


@require_safe
@on_shift
def show_taken(request: HttpRequest, shift: Shift, stamp_id: str) -> HttpResponse:
    return _show(request, shift, wanted_id("stp", stamp_id))


@require_POST
@on_shift
def undo(request: HttpRequest, shift: Shift, stamp_id: str) -> HttpResponse:
    """Within a minute. Undone, the old card may be taken over with the right number."""
    known_id = wanted_id("stp", stamp_id)
    with merchant_reads(shift.merchant.id) as tx:
        _of_this_device(read_stamp(tx, known_id), shift)

    def act() -> str:
        reason = say_mistake(shift)
        undone = undo_stamp(shift.merchant, known_id, reason=reason, actor=shift.actor, within=SCANNER_UNDO)
        return public_id("stp", undone.stamp.id)

    try:
        made_once(request, shift, "old-paper-undo", act, stamp_id)
    except Refusal as refusal:
        return _show(request, shift, known_id, refusal)
    return redirect("scanner_old_paper_taken", stamp_id)


def _why_not(shift: Shift, card_id: UUID) -> Refusal | None:
    with merchant_reads(shift.merchant.id) as tx:
        card, _vouchers = read_card(tx, card_id)
        return why_no_paper(tx, shift.merchant, card, 1, actor=shift.actor, at=now())


def _ask(
    request: HttpRequest, shift: Shift, card_id: UUID, form: OldPaperForm, status: int, refusal: Refusal | None = None
) -> HttpResponse:
    """`is_open` tells whether another try may help: then the form stands below the refusal."""
    if refusal and refusal.kind is Kind.NOT_FOUND:
        raise refusal
    with merchant_reads(shift.merchant.id) as tx:
        card, _vouchers = read_card(tx, card_id)
    context = {
        "shift": shift,
        "form": form,
        "program": program_name(terms_of(shift.merchant.id, card.version_id)),
        "number": group_digits(card.short_number),
        "said": explain(refusal, shift.counter.zone, at=now()) if refusal else None,
        "customer": words_for_customer(shift, refusal, card) if refusal else None,
        "is_open": refusal is None or refusal.kind is Kind.INVALID,
        "key": new_id().hex,
    }
    return render(request, "scanner/old_paper.html", context, status=status)


def _show(request: HttpRequest, shift: Shift, stamp_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    at = now()
    with merchant_reads(shift.merchant.id) as tx:
        stamp = _of_this_device(read_stamp(tx, stamp_id), shift)
        card, vouchers = read_card(tx, stamp.card_id)
        is_undone = is_reversed(tx, stamp)
    context = {
        "shift": shift,
        "count": stamp.count,
        "stamp_id": public_id("stp", stamp.id),
        "progress": see_progress(shift.merchant, card, vouchers, at=at),
        "is_undone": is_undone,
        "can_undo": not is_undone and at - stamp.at <= SCANNER_UNDO,
        "said": explain(refusal, shift.counter.zone, at=at) if refusal else None,
        "key": new_id().hex,
    }
    return render(request, "scanner/old_paper_taken.html", context, status=status_of(refusal) if refusal else 200)


def _of_this_device(stamp: StampRow, shift: Shift) -> StampRow:
    """Refuses: NotFound."""
    if stamp.source != "paper" or stamp.station_id != shift.counter.station.id:
        raise NotFound
    return stamp
