"""POST /scans."""

from http import HTTPStatus

from django.http import HttpResponse
from dmr import validate
from msgspec.structs import replace

from stampwell.cards.refusals import CodeAlreadyUsed
from stampwell.counter.scanning import ScannedCard, ScannedVoucher, UnknownCode, note_refusal, take_scan
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.refusal import Refusal
from stampwell.web.api.answering import ApiController, writing
from stampwell.web.api.asking import actor_at
from stampwell.web.api.idempotency import IdempotencyKey
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import link_card, link_voucher
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.shapes import ScanAsked, check_purchase
from stampwell.web.api.stamps import WHY_NO_STAMP, purchase_of

type Scanned = ScannedCard | ScannedVoucher


class Scans(ApiController):
    @validate(
        *writing(ScannedCard | ScannedVoucher, UnknownCode, CodeAlreadyUsed, *WHY_NO_STAMP, also=HTTPStatus.OK),
        auth=[KeyWith(Scope.STAMPS_WRITE)],
        summary="Take a scan",
        description=(
            "Says what the code is and does the obvious thing: a card is stamped (201), a voucher is offered to be"
            " redeemed and a card that collects by amount asks for the amount (200, nothing has changed)."
        ),
        operation_id="takeScan",
        tags=["Scans"],
    )
    def post(self, idempotency_key: IdempotencyKey, parsed_body: JsonBody[ScanAsked]) -> HttpResponse:
        check_purchase(parsed_body)
        caller = self.caller

        def write_down(refusal: Refusal) -> None:
            note_refusal(caller.merchant, parsed_body.code, refusal, actor=caller.actor)

        return self.answer_once(
            idempotency_key, lambda: _scan(caller, parsed_body), status=_status_of, on_refusal=write_down
        )


def _status_of(scanned: Scanned) -> HTTPStatus:
    return HTTPStatus.CREATED if isinstance(scanned, ScannedCard) and scanned.stamp else HTTPStatus.OK


def _scan(caller: ApiCaller, asked: ScanAsked) -> Scanned:
    actor = actor_at(caller, asked.location_id)
    scanned = take_scan(caller.merchant, asked.code, purchase_of(asked), actor=actor)
    card = link_card(scanned.card, caller)
    if isinstance(scanned, ScannedVoucher):
        return replace(scanned, card=card, voucher=link_voucher(scanned.voucher, caller))
    issued = [link_voucher(voucher, caller) for voucher in scanned.vouchers_issued]
    return replace(scanned, card=card, vouchers_issued=issued)
