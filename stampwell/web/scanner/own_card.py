"""The own card of whoever works at this phone: they say which it is. Managers take it off again at the desk."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stampwell.cards.own_cards import follow_merges, name_own_card, own_cards_of
from stampwell.clock import now
from stampwell.counter.guessing import a_device, recognise_for
from stampwell.counter.own_codes import UnknownCode
from stampwell.journal.whose_cards import label_cards
from stampwell.languages.explaining import explain
from stampwell.refusal import Refusal
from stampwell.transactions import merchant_reads
from stampwell.web.refusals import status_of
from stampwell.web.scanner.guarding import on_shift
from stampwell.web.scanner.presence import Shift

LONGEST_CODE = 200


class OwnCardForm(forms.Form):
    number = forms.CharField(
        max_length=LONGEST_CODE,
        label=_("Number of your card"),
        help_text=_("The eight digits below the code of the card."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "enterkeyhint": "done"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@on_shift
def name(request: HttpRequest, shift: Shift) -> HttpResponse:
    form = OwnCardForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return _show(request, shift, form, 422 if form.is_bound else 200)
    try:
        _name(shift, form.cleaned_data["number"])
    except Refusal as refusal:
        return _show(request, shift, form, status_of(refusal), refusal)
    return redirect("scanner_own_card")


def _name(shift: Shift, number: str) -> None:
    """Refuses as `recognise_for` and `name_own_card` do."""
    found = recognise_for(shift.merchant, a_device(shift.counter.station), number)
    if found.refusal or not found.card:
        raise found.refusal or UnknownCode()
    name_own_card(shift.merchant, shift.member.id, found.card.id, actor=shift.actor)


def _show(
    request: HttpRequest, shift: Shift, form: OwnCardForm, status: int, refusal: Refusal | None = None
) -> HttpResponse:
    with merchant_reads(shift.merchant.id) as tx:
        ways = follow_merges(tx, [row.card_id for row in own_cards_of(tx, shift.member.id)])
        labels = label_cards(tx, [way[-1] for way in ways.values()])
    said = explain(refusal, shift.counter.zone, at=now()) if refusal else None
    numbers = sorted(label.number for label in labels.values())
    context = {"shift": shift, "form": form, "said": said, "numbers": numbers}
    return render(request, "scanner/own_card.html", context, status=status)
