"""POST /scans."""

from http import HTTPStatus

from django.http import HttpResponse
from dmr import validate
from msgspec.structs import replace

from stampwell.cards.refusals import CodeAlreadyUsed
from stampwell.counter.guessing import TooManyGuesses, a_key, recognise_for
from stampwell.counter.own_code_guesses import OwnCodesClosed
from stampwell.counter.own_codes import UnknownCode
from stampwell.counter.receipt_scans import ScannedReceipt, ScannedReceiptFacts
from stampwell.counter.scanning import (
    Recognised,
    ScannedCardFacts,
    ScannedVoucher,
    ScannedVoucherFacts,
    note_refusal,
    take_scan,
)
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.receipts.codes import ReceiptCodeIncomplete, ReceiptCodeMistyped, UnknownReceiptCode
from stampwell.receipts.refusals import ReceiptCodeExpired, ReceiptCodeRevoked, ReceiptCodeUsed
from stampwell.refusal import Refusal
from stampwell.vouchers.refusals import VoucherCodeMistyped
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import actor_at
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith, check_override
from stampwell.web.api.linking import link_all, link_card, link_voucher
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import ScanAsked, check_purchase
from stampwell.web.api.stamps import WHY_NO_STAMP, purchase_of
from stampwell.web.visitors import visitor_address

type ScannedFacts = ScannedCardFacts | ScannedVoucherFacts | ScannedReceiptFacts


class Scans(ApiController):
    @validate(
        *writing(
            ScannedCardFacts | ScannedVoucherFacts | ScannedReceiptFacts,
            UnknownCode,
            VoucherCodeMistyped,
            UnknownReceiptCode,
            ReceiptCodeIncomplete,
            ReceiptCodeMistyped,
            ReceiptCodeUsed,
            ReceiptCodeExpired,
            ReceiptCodeRevoked,
            CodeAlreadyUsed,
            TooManyGuesses,
            OwnCodesClosed,
            *WHY_NO_STAMP,
            also=HTTPStatus.OK,
        ),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="Take a scan",
        description=(
            "Says what the code is and does the obvious thing: a card is stamped (201), a voucher is offered to be"
            " redeemed, a card that collects by amount asks for the amount, a receipt code needs the customer's card"
            " (200, nothing has changed)."
        ),
        operation_id="takeScan",
        tags=["Scans"],
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[ScanAsked]) -> HttpResponse:
        check_purchase(parsed_body)
        check_override(self.caller, override=parsed_body.override)
        caller, guesser = self.caller, a_key(self.caller, visitor_address(self.request))
        found = recognise_for(caller.merchant, guesser, parsed_body.code)

        def write_down(refusal: Refusal) -> None:
            note_refusal(caller.merchant, found, refusal, actor=caller.actor)

        return self.answer_once(
            idempotency_key, lambda: scan(caller, found, parsed_body), status=status_of_scan, on_refusal=write_down
        )


def status_of_scan(facts: ScannedFacts) -> HTTPStatus:
    return HTTPStatus.CREATED if isinstance(facts, ScannedCardFacts) and facts.stamp else HTTPStatus.OK


def scan(caller: ApiCaller, found: Recognised, asked: ScanAsked) -> ScannedFacts:
    actor = actor_at(caller, asked.location_id)
    scanned = take_scan(caller.merchant, found, purchase_of(asked), actor=actor)
    if isinstance(scanned, ScannedReceipt):
        return scanned.facts
    card = link_card(scanned.facts.card, scanned.card, scanned.vouchers, caller)
    if isinstance(scanned, ScannedVoucher):
        return replace(scanned.facts, card=card, voucher=link_voucher(scanned.facts.voucher, scanned.voucher, caller))
    issued = scanned.stamped.issued if scanned.stamped else []
    return replace(scanned.facts, card=card, vouchers_issued=link_all(scanned.facts.vouchers_issued, issued, caller))
