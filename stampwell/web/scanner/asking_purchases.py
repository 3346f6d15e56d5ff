"""The panel that asks for the amount of a purchase of which a reward takes something off, before it is handed out."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from stampwell.clock import now
from stampwell.ids import public_id, wanted_id
from stampwell.languages.explaining import explain
from stampwell.merchants.closing import refuse_if_closed
from stampwell.programs.discount_rules import read_rule
from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_reads
from stampwell.vouchers.refusals import BasketDoesNotFit, BasketTooSmall
from stampwell.vouchers.rows import VoucherRow, read_voucher
from stampwell.web.scanner.amount_facts import amounts_in
from stampwell.web.scanner.amounts import AmountUnclear
from stampwell.web.scanner.discounts import leaves_out, takes_amount
from stampwell.web.scanner.guarding import acting
from stampwell.web.scanner.panels import Panel, show_refusal
from stampwell.web.scanner.presence import Shift
from stampwell.web.scanner.taps import Tapped, read_form
from stampwell.web.scanner.tickets import conditions_of
from stampwell.web.stations.answering import not_understood
from stampwell.web.stations.progress import name_reward

ASKED_AGAIN = (AmountUnclear, BasketTooSmall, BasketDoesNotFit)  # another amount may be right


@acting
def ask(request: HttpRequest, shift: Shift, voucher_id: str) -> HttpResponse:
    """Changes nothing, so it has no kept answer: whoever asks again is answered as it is by then."""
    tapped = read_form(request)
    if tapped is None:
        return not_understood()
    try:
        refuse_if_closed(shift.merchant)
        with merchant_reads(shift.merchant.id) as tx:
            voucher = read_voucher(tx, wanted_id("vch", voucher_id))
        panel = _ask(shift, voucher, named=tapped.named)
    except Refusal as refusal:
        panel = show_refusal(shift, refusal)
    return HttpResponse(msgspec.json.encode(panel), content_type="application/json")


def ask_again(shift: Shift, voucher_id: str, tapped: Tapped, refusal: Refusal) -> Panel | None:
    """Where the amount was the reason, and another one may be right."""
    if not tapped.amount or not isinstance(refusal, ASKED_AGAIN):
        return None
    with merchant_reads(shift.merchant.id) as tx:
        voucher = read_voucher(tx, wanted_id("vch", voucher_id))
    return _ask(shift, voucher, named=tapped.named, typed=tapped.amount, wrong=refusal)


def _ask(shift: Shift, voucher: VoucherRow, *, named: str, typed: str = "", wrong: Refusal | None = None) -> Panel:
    terms = terms_of(shift.merchant.id, voucher.version_id)
    reward = terms.reward(voucher.reward_id)
    rule, amounts = read_rule(reward.discount), amounts_in(terms.currency)
    if rule is None or not takes_amount(reward):
        raise NotFound
    context = {
        "voucher_id": public_id("vch", voucher.id),
        "name": name_reward(shift.merchant, voucher),
        "lines": conditions_of(reward, terms),
        "excludes": leaves_out(rule),
        "amounts": amounts,
        "known": msgspec.json.encode(amounts).decode(),
        "typed": typed[:20],
        "wrong": explain(wrong, shift.counter.zone, at=now()) if wrong else None,
        "named": named,
    }
    html = render_to_string("scanner/panels/purchase.html", context).strip()
    return Panel(outcome="needs_amount", tone="bad" if wrong else "attention", html=html)
