"""POST /vouchers/{id}/validation: what a redemption would answer. A question with a body; it writes nothing."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from dmr import Path, validate
from msgspec import Meta

from stampwell.clock import now
from stampwell.ids import wanted_id
from stampwell.merchants.access import ApiCaller, Scope
from stampwell.merchants.closing import why_closed
from stampwell.programs.terms import terms_of
from stampwell.refusal import NotFound, Refusal
from stampwell.transactions import merchant_reads
from stampwell.vouchers.baskets import discount_on, why_not_this_basket, why_not_together
from stampwell.vouchers.describing import DiscountFacts, VoucherFacts
from stampwell.vouchers.redeeming import why_not_redeem
from stampwell.vouchers.rows import read_voucher
from stampwell.web.api.answering import ApiController, judging, problem_for
from stampwell.web.api.asking import VoucherPath, actor_at
from stampwell.web.api.keys import KeyWith
from stampwell.web.api.linking import show_voucher
from stampwell.web.api.reading import JsonBody
from stampwell.web.api.redemptions import TAGS
from stampwell.web.api.refusals import LocationNotAllowed
from stampwell.web.api.shapes import Asked, BasketAsked, Id, basket_of, reservation_of
from stampwell.web.refusals import Problem


class ValidationAsked(Asked, frozen=True, kw_only=True):
    location_id: Id | None = None
    reservation: Annotated[str, Meta(description="By which your till holds the voucher.")] | None = None
    basket: BasketAsked | None = None


ANYWHERE = ValidationAsked()


class ValidationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`problem` is what a redemption would be refused with now, null where nothing stands in its way; `code` is its.
    `discount` is what comes off the basket; null where none was told, or the till decides.
    """

    valid: bool
    code: str | None
    problem: Problem | None
    voucher: VoucherFacts
    discount: DiscountFacts | None


class Judged(msgspec.Struct, frozen=True):
    voucher: VoucherFacts
    refusal: Refusal | None
    discount: DiscountFacts | None


class VoucherValidation(ApiController):
    @validate(
        *judging(ValidationFacts, NotFound, LocationNotAllowed),
        auth=[KeyWith(Scope.VOUCHERS_READ)],
        summary="Ask whether a voucher can be used",
        description="What a redemption here and now would answer. Nothing changes, so it needs no idempotency key.",
        operation_id="validateVoucher",
        tags=TAGS,
    )
    def post(self, parsed_path: Path[VoucherPath], parsed_body: JsonBody[ValidationAsked] = ANYWHERE) -> HttpResponse:
        judged = judge(self.caller, parsed_path.voucher_id, parsed_body)
        refusal = judged.refusal
        return self.answer(
            ValidationFacts(
                valid=refusal is None,
                code=refusal.code if refusal else None,
                problem=problem_for(self.request, refusal) if refusal else None,
                voucher=judged.voucher,
                discount=judged.discount,
            )
        )


def judge(caller: ApiCaller, voucher: str, asked: ValidationAsked) -> Judged:
    """What a redemption would answer now. Refuses: NotFound, LocationNotAllowed, InvalidRequest."""
    voucher_id, actor, at = wanted_id("vch", voucher), actor_at(caller, asked.location_id), now()
    reservation = reservation_of(asked.reservation) if asked.reservation is not None else None
    with merchant_reads(caller.merchant.id) as tx:
        row = read_voucher(tx, voucher_id)
        terms = terms_of(caller.merchant.id, row.version_id)
        reward, basket = terms.reward(row.reward_id), basket_of(asked.basket)
        refusal = (
            why_closed(caller.merchant)
            or why_not_redeem(tx, caller.merchant, row, reward, actor, at, reservation=reservation)
            or why_not_this_basket(terms, reward, basket)
            or why_not_together(tx, row.id, reward, basket)
        )
        discount = None if refusal else discount_on(terms, reward, basket)
        return Judged(show_voucher(tx, row, caller, at=at), refusal, discount)
