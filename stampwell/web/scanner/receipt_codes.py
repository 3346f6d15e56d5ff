"""A code for a guest who has paid: staff choose what it is worth, and hold out the screen for 90 seconds."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from stampwell.clock import new_id, now
from stampwell.ids import public_id, wanted_id
from stampwell.languages.explaining import explain
from stampwell.merchants.models import Merchant
from stampwell.receipts.choosing import amounts_of, programs_with_stamps
from stampwell.receipts.making import Wanted, code_of, code_url, show_code
from stampwell.receipts.rows import ReceiptBatchRow, read_batch, read_claim
from stampwell.receipts.worth import say_worth
from stampwell.redeem_codes.formats import draw_qr
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_reads
from stampwell.web.refusals import status_of
from stampwell.web.scanner.amounts import AmountUnclear, read_amount
from stampwell.web.scanner.guarding import on_shift
from stampwell.web.scanner.once import made_once
from stampwell.web.scanner.presence import Shift
from stampwell.web.typed_fields import NumberField
from stampwell.web.visitors import milliseconds


class CodeForm(forms.Form):
    program = forms.ChoiceField(label=_("Program"))

    def __init__(self, data: Any = None, *, shop: Merchant) -> None:
        super().__init__(data)
        programs = programs_with_stamps(shop)
        self.fields["program"].choices = programs  # type: ignore[attr-defined]
        if len(programs) == 1:
            self.fields["program"].widget = forms.HiddenInput()
            self.fields["program"].initial = programs[0][0]
        self.fields["stamps"] = NumberField(
            label=_("Stamps"), min_value=1, max_value=shop.most_stamps_at_once, initial=1
        )
        self._amounts = amounts_of(shop)
        if self._amounts:
            self.fields["amount"] = forms.CharField(
                label=_("Or a purchase of"),
                required=False,
                max_length=20,
                help_text=_("If you enter an amount, the number of stamps above does not count."),
                widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
            )
            self.fields["amount"].currency = self._amounts.currency  # type: ignore[attr-defined]

    def clean_amount(self) -> int | None:
        typed, amounts = self.cleaned_data["amount"], self._amounts
        if not (typed and amounts):
            return None
        if self.cleaned_data.get("program") not in amounts.programs:
            raise ValidationError(_("Stamps of this program do not depend on the amount. Leave this field empty."))
        try:
            return read_amount(typed, amounts.currency)
        except AmountUnclear:
            raise ValidationError(_("Enter the amount in digits, for example 12.50.")) from None

    def wanted(self) -> Wanted:
        """Refuses: NotFound."""
        given = self.cleaned_data
        amount = given.get("amount")
        count = None if amount else given["stamps"]
        return Wanted(program_id=wanted_id("prg", given["program"]), count=count, amount=amount)


@require_http_methods(["GET", "HEAD", "POST"])
@on_shift
def choose(request: HttpRequest, shift: Shift) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None, shop=shift.merchant)
    if not (form.is_bound and form.is_valid()):
        return _ask(request, shift, form, 422 if form.is_bound else 200)
    try:
        wanted = form.cleaned_data
        made = made_once(request, shift, "receipt-code", lambda: _make(shift, form), str(sorted(wanted.items())))
    except Refusal as refusal:
        return _ask(request, shift, form, status_of(refusal), refusal)
    return redirect("scanner_receipt_code", made)


@require_safe
@on_shift
def show(request: HttpRequest, shift: Shift, batch_id: str) -> HttpResponse:
    batch, is_used = _find(shift, batch_id)
    if not is_used and batch.expires <= now():
        return redirect("scanner_receipt_codes")
    context = {
        "shift": shift,
        "batch_id": batch_id,
        "worth": say_worth(batch),
        "is_used": is_used,
        "code": "" if is_used else draw_qr(code_url(shift.merchant.slug, code_of(batch)), level="M"),
        "from": milliseconds(batch.created),
        "until": milliseconds(batch.expires),
        "now": milliseconds(now()),
    }
    return render(request, "scanner/receipt_code.html", context)


@require_safe
@on_shift
def state(request: HttpRequest, shift: Shift, batch_id: str) -> HttpResponse:
    """Whether the guest has it, for the page that is held out."""
    _batch, is_used = _find(shift, batch_id)
    return render(request, "scanner/receipt_code_state.html", {"is_used": is_used, "batch_id": batch_id})


def _make(shift: Shift, form: CodeForm) -> str:
    """Refuses as `show_code` and the form do."""
    return public_id("rcb", show_code(shift.merchant, form.wanted(), actor=shift.actor).id)


def _find(shift: Shift, batch_id: str) -> tuple[ReceiptBatchRow, bool]:
    """A code that this device showed. Refuses: NotFound."""
    with merchant_reads(shift.merchant.id) as tx:
        batch = read_batch(tx, wanted_id("rcb", batch_id))
        claim = read_claim(tx, batch.id, 0)
    if batch.kind != "staff" or batch.station_id != shift.counter.station.id:
        raise NotFound
    return batch, claim is not None


def _ask(
    request: HttpRequest, shift: Shift, form: CodeForm, status: int, refusal: Refusal | None = None
) -> HttpResponse:
    said = explain(refusal, shift.counter.zone, at=now()) if refusal else None
    context = {
        "shift": shift,
        "form": form,
        "said": said,
        "key": new_id().hex,
        "has_program": bool(programs_with_stamps(shift.merchant)),
    }
    return render(request, "scanner/receipt_codes.html", context, status=status)
